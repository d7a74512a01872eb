import { setTimeout as pause } from 'node:timers/promises';
import { type Fault, inFlight } from './fault.ts';

/** The network between gateway and platform swallows everything, and nobody is told. */
export const uplinkCut: Fault = {
  zh: '上行链路中断（吞包）',
  en: 'uplink swallows every packet',
  times: [3, 1],
  async act(scene) {
    const { town, random, spike, rings } = scene;
    await inFlight(scene);
    town.uplink.cut();
    await pause(random.between(1500, 4000));
    const alarm = spike();
    town.uplink.mend();
    await rings(alarm);
  },
};

/** The plug is pulled: connections are reset. */
export const uplinkUnplugged: Fault = {
  zh: '上行链路拔掉',
  en: 'uplink unplugged',
  times: [4, 1],
  async act(scene) {
    const { town, random } = scene;
    await inFlight(scene);
    town.uplink.unplug();
    await pause(random.between(300, 2500));
    town.uplink.mend();
    await pause(random.between(100, 500));
  },
};

/** Packets arrive late and unevenly; those of different connections overtake each other. */
export const uplinkSlow: Fault = {
  zh: '报文延迟与乱序',
  en: 'packets delayed and reordered',
  times: [2, 1],
  async act({ town, spike, rings }) {
    town.uplink.delay(100, 400);
    const alarm = spike();
    await pause(3000);
    town.uplink.delay(0);
    await rings(alarm);
  },
};

/** The broker in front of the platform is restarted; ours is a session of it that lasts. */
export const cityBrokerRestarted: Fault = {
  zh: '外部代理重启',
  en: 'external broker down and back',
  times: [3, 1],
  async act(scene) {
    await inFlight(scene);
    await scene.town.cityBroker.restart();
    await pause(scene.random.between(200, 800));
  },
};

/** The field's broker is restarted; it keeps what it has acknowledged. */
export const fieldBrokerRestarted: Fault = {
  zh: '现场代理重启',
  en: 'field broker down and back',
  times: [3, 1],
  async act(scene) {
    await inFlight(scene);
    await scene.town.field.restart();
    await pause(scene.random.between(200, 800));
  },
};
