import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlarmsBody, QuarantineBody, ReadingsBody } from '../../devices/contract/api.ts';
import { topics } from '../../devices/contract/topics.ts';
import { addDevice, type Platform, startPlatform } from '../support/platform.ts';
import { needsSmallDisk, type SmallDisk, smallDisk } from '../support/small-disk.ts';
import { until } from '../support/until.ts';

const rule = 'platform.journal-unwritable';

needsSmallDisk()('a disk that is full', () => {
  let disk: SmallDisk;
  let platform: Platform;
  let device: MqttClient;
  const acknowledged: number[] = [];
  const began = Date.now() - 60_000;
  let moment = began;

  /** Publishes one reading and remembers it once it is acknowledged. */
  const publish = async (): Promise<void> => {
    moment += 1000;
    const ts = moment;
    await device.publishAsync(topics.telemetry, JSON.stringify({ ts, values: { 'alarm.ch4': 0.5 } }), { qos: 1 });
    acknowledged.push(ts);
  };

  beforeAll(async () => {
    const made = smallDisk(128);
    if (!made) throw new Error('no tmpfs can be mounted here: run as root, or allow sudo without a password');
    disk = made;
    platform = await startPlatform({
      YANSHAO_DEMO: 'off',
      YANSHAO_DATA_DIR: `${disk.dir}/data`,
      YANSHAO_JOURNAL_CAP_MB: '16',
    });
    const flags = ['--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}'];
    const token = await addDevice(platform, 'hearth-1', ...flags);
    device = await connectAsync(`mqtt://127.0.0.1:${platform.mqttPort}`, { username: token, reconnectPeriod: 200 });
    await platform.apiToken();
  }, 90_000);
  afterAll(async () => {
    await device?.endAsync(true);
    await platform?.stop();
    disk?.remove();
  });

  it('stops acknowledging, says so without the disk, and goes on by itself when there is room', async () => {
    for (let n = 0; n < 20; n++) await publish();
    disk.fill();
    const waiting = publish();
    let settled = false;
    void waiting.finally(() => {
      settled = true;
    });

    const body = await until(
      'the platform says that it cannot store anything',
      async () => {
        const answer = await fetch(`${platform.url}/readyz`);
        const said = (await answer.json()) as { ready: boolean; waitingFor: string[] };
        return answer.status === 503 && said.waitingFor.includes('journal') ? said : null;
      },
      { withinMs: 20_000 },
    );
    expect(body.ready).toBe(false);
    expect(settled).toBe(false);
    expect(await (await fetch(`${platform.url}/metrics`)).text()).toContain('yanshao_journal_blocked 1');
    // It is still there for people: the picture and the API answer from what they have.
    await platform.get<AlarmsBody>('/api/v1/alarms');
    // What freeing something elsewhere gives is taken as well, several times.
    disk.fill();

    disk.free();
    await waiting;
    for (let n = 0; n < 20; n++) await publish();
    await until('every stage answers again', async () => (await fetch(`${platform.url}/readyz`)).ok, {
      withinMs: 30_000,
    });
    const alarm = await until(
      'the alarm stands in the books',
      async () => (await platform.get<AlarmsBody>('/api/v1/alarms?state=all')).items.find((one) => one.rule === rule),
      { withinMs: 20_000 },
    );
    expect(alarm.explanation.zh).toContain('期间未确认任何消息');
    expect(alarm).toMatchObject({ priority: 'P2', active: false });
    expect(alarm.returnedAt).toBeGreaterThan(alarm.since);
  });

  it('keeps what it refuses as well, once it can', async () => {
    disk.fill();
    const refused = device.publishAsync(topics.telemetry, '{"ts":', { qos: 1 });
    await until('something waits', async () => !(await fetch(`${platform.url}/readyz`)).ok, { withinMs: 20_000 });
    disk.free();
    await refused;
    const { items } = await platform.get<QuarantineBody>('/api/v1/quarantine?device=hearth-1');
    expect(items.map(({ code }) => code)).toContain('not-json');
    await until('every stage answers again', async () => (await fetch(`${platform.url}/readyz`)).ok, {
      withinMs: 30_000,
    });
  });

  it('leaves every acknowledged reading in the store exactly once', async () => {
    const path = `/api/v1/readings?device=hearth-1&measurement=alarm.ch4&from=${began}&to=${Date.now() + 60_000}&maxSamples=10000`;
    const found = await until(
      'the store has them',
      async () => {
        const { samples } = await platform.get<ReadingsBody>(path);
        return samples.length >= acknowledged.length ? samples : null;
      },
      { withinMs: 30_000 },
    );
    expect(found.map(([at]) => at)).toEqual(acknowledged);
  });
});
