import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmBody, AlarmsBody } from '../../devices/contract/api.ts';
import { topics } from '../../devices/contract/topics.ts';
import { addDevice, type Platform, startPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

/** `yanshao alarm …` against a platform that really runs: two kitchens, one far beyond the second limit, one between the two. */
let platform: Platform;
let low = '';
let leak = '';
const gas = ['--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}'];
const alarm = (...args: string[]) => platform.cli('alarm', ...args);
const shown = (id: string) => platform.get<AlarmBody>(`/api/v1/alarms/${encodeURIComponent(id)}`);

async function sends(device: string, values: object): Promise<void> {
  const username = await addDevice(platform, device, ...gas);
  const client = await connectAsync({ port: platform.mqttPort, username });
  await client.publishAsync(topics.telemetry, JSON.stringify(values), { qos: 1 });
  await client.endAsync();
}

beforeAll(async () => {
  platform = await startPlatform({ YANSHAO_DEMO: 'off' });
  await sends('k1', { 'alarm.ch4': 46 });
  await sends('k2', { 'alarm.ch4': 16 });
  const idOf = (items: AlarmsBody['items'], device: string, rule: string): string =>
    items.find((one) => one.device === device && one.rule === rule)?.id ?? '';
  await until(
    'both ring',
    async () => {
      const { items } = await platform.get<AlarmsBody>('/api/v1/alarms');
      leak = idOf(items, 'k1', 'G05-14.com-l2');
      low = idOf(items, 'k2', 'G05-14.com-l1');
      return leak !== '' && low !== '';
    },
    { withinMs: 60_000 },
  );
});
afterAll(() => platform?.stop());

describe('yanshao alarm', () => {
  it('lists what stands with the id to copy, in both languages, and shows one with its history', async () => {
    const { stdout, code } = await alarm('list', '--priority', 'P1');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(leak) });
    expect(stdout).toContain('待确认 / to acknowledge');
    const { stdout: full } = await alarm('show', leak);
    expect(full).toMatch(/46.*\n.*46/);
    expect(full).toContain('raised');
    const { stdout: json } = await alarm('show', leak, '--json');
    expect(JSON.parse(json)).toMatchObject({ alarm: { id: leak } });
    expect(await alarm('show', 'k1/none/1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('没有告警“k1/none/1”\nthere is no alarm "k1/none/1"'),
    });
  });

  it('acknowledges and judges as the person at the terminal, and says what was refused', async () => {
    const acked = await alarm('ack', leak, 'k1/none/1', '--note', '已派人');
    expect(acked).toMatchObject({ code: 1, stdout: `${leak}\n`, stderr: expect.stringContaining('✗ k1/none/1: ') });
    expect((await shown(leak)).alarm.acked).toBe(true);
    expect(await alarm('judge', leak, '--as', 'cooking', '--evidence', '-')).toMatchObject({ code: 1 });
    expect(await alarm('judge', leak, '--as', 'cooking', '--evidence', '现场复测 0 %LEL')).toMatchObject({ code: 0 });
    const { alarm: row, events } = await shown(leak);
    expect(row.verdict).toMatchObject({ kind: 'cooking', by: row.ackedBy });
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['acknowledged', 'judged']));
  });

  it('puts a P1 of gas aside only for two people, and never the same one twice', async () => {
    const asked = await alarm('shelve', leak, '--minutes', '10', '--reason', '动火作业');
    expect(asked).toMatchObject({ code: 0, stderr: expect.stringContaining('waits for another person') });
    const id = /^\? (\S+)/.exec(asked.stdout)?.[1] ?? '';
    expect((await alarm('list')).stdout).toContain(`? ${id} · 搁置 / shelve k1/G05-14.com-l2`);
    expect(await alarm('confirm', id)).toMatchObject({ code: 1, stderr: expect.stringContaining('另一人') });
    expect(await alarm('decline', id, '--note', '不再需要')).toMatchObject({ code: 0 });
    expect((await shown(leak)).alarm.override).toBeNull();
  });

  it('shelves and unshelves a P2, takes its point out of service and returns it', async () => {
    const point = low.split('/').slice(0, 2).join('/');
    expect(await alarm('shelve', low, '--minutes', '30', '--reason', '抢修途中')).toMatchObject({ code: 0 });
    expect((await shown(low)).alarm.override).toMatchObject({ kind: 'shelved', reason: '抢修途中' });
    expect(await alarm('unshelve', point)).toMatchObject({ code: 0 });
    expect(await alarm('unshelve', point)).toMatchObject({ code: 1 });
    const out = await alarm('out-of-service', point, '--work-order', 'WO-1', '--reason', '更换探测器');
    expect(out).toMatchObject({ code: 0 });
    expect((await shown(low)).alarm.override).toMatchObject({ kind: 'out-of-service', workOrder: 'WO-1' });
    expect(await alarm('return-to-service', point)).toMatchObject({ code: 0 });
    expect((await shown(low)).alarm.overrides).toEqual([]);
  });
});
