import { afterEach, describe, expect, it } from 'vitest';
import { TEN, testDevice } from '../admission/admission-bench.ts';
import { type IngestBench, ingestBench } from '../ingest-bench.ts';

let bench: IngestBench;
afterEach(() => bench.stop());

const telemetry = 'v1/devices/me/telemetry';
const send = async (subject: string, topic: string, body: string): Promise<void> => {
  const client = await bench.connect(subject);
  await client.publishAsync(topic, body, { qos: 1 });
  await client.endAsync(true);
};
const rows = () => bench.ingest.quarantine({ limit: 100 });
const registers = (id: string, gateway?: string) =>
  bench.ingest.append([
    {
      kind: 'registry',
      change: { version: bench.registry.version + 1, at: 0, put: 'device', record: testDevice(id, { gateway }) },
    },
  ]);

describe('a refused message', () => {
  it('goes in after its device was registered: as late data, at its own time, once', async () => {
    bench = await ingestBench();
    await send('gw-1', 'v1/gateway/telemetry', `{"new-1": [{"ts": ${TEN - 5000}, "values": {"alarm.ch4": 7}}]}`);
    const [row] = await rows();
    expect(row).toMatchObject({ code: 'unknown-device', device: 'new-1', readmitted: null });
    expect(await bench.ingest.readmit({ ids: [row!.id] })).toMatchObject({
      readmitted: [],
      refused: [{ id: row!.id, code: 'still-refused' }],
    });
    expect((await rows())[0]).toMatchObject({ readmitted: null, tried: TEN });

    await registers('new-1', 'gw-1');
    bench.clock.pass(600_000);
    expect(await bench.ingest.readmit({ ids: [row!.id] })).toEqual({
      readmitted: [row!.id],
      refused: [],
      readings: 1,
      more: false,
    });
    const [entry] = await bench.telemetry();
    expect(entry).toMatchObject({ device: 'new-1', at: TEN - 5000, received: TEN, historical: true, gateway: 'gw-1' });
    expect((await rows())[0]).toMatchObject({ readmitted: TEN + 600_000 });

    expect(await bench.ingest.readmit({ ids: [row!.id] })).toMatchObject({
      readmitted: [],
      refused: [{ code: 'readmitted-before' }],
    });
    expect(await bench.telemetry()).toHaveLength(1);
    expect((await bench.ingest.stats()).quarantine).toMatchObject({ readmitted: 1, rows: 1 });
  });

  it('goes in for its good part, and the row that is wrong still says why today', async () => {
    bench = await ingestBench();
    const body = { 'new-1': [{ ts: TEN, values: { 'alarm.ch4': 7 } }], 'd-2': [{ ts: TEN, values: { nonsense: 1 } }] };
    await send('gw-1', 'v1/gateway/telemetry', JSON.stringify(body));
    await registers('new-1', 'gw-1');
    const outcome = await bench.ingest.readmit({ ids: (await rows()).map(({ id }) => id) });
    expect(outcome.readmitted).toHaveLength(1);
    expect(outcome.refused).toMatchObject([{ code: 'still-refused' }]);
    expect(outcome.refused[0]!.en).toContain('nonsense');
    expect((await rows()).map(({ device, readmitted }) => [device, readmitted !== null])).toEqual([
      ['d-2', false],
      ['new-1', true],
    ]);
  });

  it('of a whole device goes in together, and two who ask at once let nothing in twice', async () => {
    bench = await ingestBench();
    for (let n = 0; n < 5; n++) {
      await send('gw-1', 'v1/gateway/telemetry', `{"new-1": [{"ts": ${TEN + n}, "values": {"alarm.ch4": ${n}}}]}`);
    }
    await registers('new-1', 'gw-1');
    const both = await Promise.all([
      bench.ingest.readmit({ device: 'new-1' }),
      bench.ingest.readmit({ device: 'new-1' }),
    ]);
    expect(both.map(({ readmitted }) => readmitted.length)).toEqual([5, 0]);
    expect((await bench.telemetry()).map(({ at }) => at - TEN)).toEqual([0, 1, 2, 3, 4]);
  });

  it('says of each row why it cannot go in: cut, another topic, not there', async () => {
    bench = await ingestBench();
    await send('d-1', telemetry, `{"alarm.note": ${'9'.repeat(70_000)}`);
    await send('d-1', 'v1/devices/me/attributes', '[]');
    const [attributes, cut] = await rows();
    const { refused } = await bench.ingest.readmit({ ids: [cut!.id, attributes!.id, 999] });
    expect(refused.map(({ code }) => code).sort()).toEqual(['cut', 'not-found', 'not-readmittable']);
    for (const { zh, en } of refused) expect([zh.length > 5, en.length > 5]).toEqual([true, true]);
  });

  it('teaches admission nothing: the device’s clock and newest reading stay as they are', async () => {
    bench = await ingestBench();
    await send(
      'd-1',
      telemetry,
      JSON.stringify([
        { ts: TEN, values: { 'alarm.ch4': 1 } },
        { ts: TEN, values: { wrong: 1 } },
      ]),
    );
    const [row] = await rows();
    await bench.ingest.readmit({ ids: [row!.id] });
    const { admission } = await bench.ingest.stats();
    expect(admission).toMatchObject({ duplicates: 0, late: 0, falseLate: 0 });
  });
});

describe('what a vendor sees of the quarantine', () => {
  it('is what its device sent or what speaks of it, and no other device’s bytes', async () => {
    bench = await ingestBench();
    await send('d-1', telemetry, 'not json');
    await send('gw-1', 'v1/gateway/telemetry', '{"d-2": 1, "d-3": 2}');
    const own = await bench.ingest.quarantine({ subject: 'd-1', limit: 10 });
    expect(own.map(({ payload }) => Buffer.from(payload, 'base64').toString())).toEqual(['not json']);
    const [carried] = await bench.ingest.quarantine({ subject: 'd-2', limit: 10 });
    expect(carried).toMatchObject({ device: 'd-2', client: 'gw-1', payload: '' });
    expect(await bench.ingest.quarantine({ subject: 'gw-1', limit: 10 })).toHaveLength(2);
    expect(await bench.ingest.quarantine({ subject: 'd-4', limit: 10 })).toEqual([]);
  });
});
