import { z } from 'zod';
import { setting } from '../kit/config.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/** Settings of the simulators; all addresses are loopback. */
export const simulatorSettings = {
  demoSeed: setting({
    env: 'YANSHAO_DEMO_SEED',
    schema: z.string().min(1).optional(),
    help: {
      zh: '模拟城市的随机种子；缺省用城市 demo.yaml 中的 seed',
      en: "seed of the simulated city; by default the city's own",
    },
  }),
  demoDevices: setting({
    env: 'YANSHAO_DEMO_DEVICES',
    schema: z.coerce.number().int().min(30).max(5_000).default(400),
    help: { zh: '模拟设备数量（约）', en: 'how many devices are simulated, about' },
  }),
  fieldPort: setting({
    env: 'YANSHAO_FIELD_PORT',
    schema: port.default(0),
    help: {
      zh: '模拟现场 MQTT 代理的本机端口；0 为任选',
      en: 'loopback port of the simulated field MQTT broker; 0 picks one',
    },
  }),
  opcuaPort: setting({
    env: 'YANSHAO_OPCUA_PORT',
    schema: port.default(4_840),
    help: { zh: '模拟场站 OPC UA 服务器的本机端口', en: 'loopback port of the simulated stations’ OPC UA server' },
  }),
  simulatorPort: setting({
    env: 'YANSHAO_SIMULATOR_PORT',
    schema: port.default(0),
    help: {
      zh: '模拟器控制接口的本机端口；0 为任选',
      en: "loopback port of the simulators' control interface; 0 picks one",
    },
  }),
} as const;
