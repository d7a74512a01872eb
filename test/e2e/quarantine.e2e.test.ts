import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditBody, DeviceBody, QuarantineBody, ReadingsBody } from '../../devices/contract/api.ts';
import { addDevice, type Platform, startPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

let platform: Platform;
let gateway = '';
let meter = '';
const flags = ['--type', 'gas-alarm-commercial', '--gas', 'natural', '--gas-unit', '%{LEL}'];
const ts = Date.now() - 60_000;

const publish = async (username: string, topic: string, body: string): Promise<void> => {
  const client = await connectAsync(`mqtt://127.0.0.1:${platform.mqttPort}`, { username });
  await client.publishAsync(topic, body, { qos: 1 });
  await client.endAsync();
};
const asDevice = async (token: string): Promise<{ status: number; body: QuarantineBody }> => {
  const answer = await fetch(`${platform.url}/api/v1/devices/me/quarantine`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.status, body: (await answer.json()) as QuarantineBody };
};

beforeAll(async () => {
  platform = await startPlatform({ YANSHAO_DEMO: 'off' });
  gateway = await addDevice(platform, 'gw-1', '--type', 'gateway');
  meter = await addDevice(platform, 'meter-1', ...flags);
}, 90_000);
afterAll(() => platform?.stop());

describe('a refused message, from its sender to the store', () => {
  it('is read by its vendor with the credential of the device, and by nobody else’s', async () => {
    await publish(
      gateway,
      'v1/gateway/telemetry',
      JSON.stringify({ 'hearth-1': [{ ts, values: { 'alarm.ch4': 2 } }] }),
    );
    await publish(meter, 'v1/devices/me/telemetry', '{"alarm.ch4": "\u001b[31mred\u202e"}');
    const own = await asDevice(meter);
    expect(own.body.items.map(({ client, code }) => [client, code])).toEqual([['meter-1', 'not-json']]);
    expect((await asDevice(gateway)).body.items.map(({ device }) => device)).toEqual(['hearth-1']);
    expect((await asDevice(await platform.apiToken())).status).toBe(401);
    const elsewhere = await fetch(`${platform.url}/api/v1/quarantine`, {
      headers: { authorization: `Bearer ${meter}` },
    });
    expect(elsewhere.status).toBe(401);
  });

  it('is shown in a terminal without doing anything to it', async () => {
    const { stdout } = await platform.cli('quarantine', 'list', '--client', 'meter-1');
    const id = /^(\d+)/.exec(stdout)?.[1] ?? '';
    const shown = await platform.cli('quarantine', 'show', id);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('<U+202E>');
    expect(shown.stdout).not.toContain('\u202e');
  });

  it('is refused still before the fix, and goes in after it, once, with an entry in the audit', async () => {
    const before = await platform.cli('quarantine', 'readmit', '--device', 'hearth-1');
    expect(before.stderr).toContain('hearth-1');
    await addDevice(platform, 'hearth-1', '--gateway', 'gw-1', ...flags);
    const { items } = await platform.get<QuarantineBody>('/api/v1/quarantine?device=hearth-1');
    const ids = items.map(({ id }) => id);
    const answer = await platform.post<{ changed: string[] }>('/api/v1/quarantine/readmit', { ids });
    expect(answer).toMatchObject({ status: 200, body: { done: true, changed: ids.map(String) } });
    const again = await platform.post('/api/v1/quarantine/readmit', { ids });
    expect(again.body).toMatchObject({ done: true, changed: [], refused: [{ code: 'readmitted-before' }] });

    const path = `/api/v1/readings?device=hearth-1&measurement=alarm.ch4&from=${ts - 1000}&to=${ts + 1000}`;
    const { samples } = await until('the store has it', async () => {
      const body = await platform.get<ReadingsBody>(path);
      return body.samples.length > 0 ? body : null;
    });
    expect(samples.map(([at, value]) => [at, value])).toEqual([[ts, 2]]);
    const audit = await platform.get<AuditBody>('/api/v1/audit?limit=20');
    expect(audit.items.filter(({ type }) => type === 'quarantine.readmit').map(({ via }) => via)).toEqual([
      'token',
      'token',
      'cli',
    ]);
    expect((await platform.get<DeviceBody>('/api/v1/devices/hearth-1')).clock).toBeNull();
  });

  it('may be let in by administrators only, and by one of two ways of naming it', async () => {
    const { stdout } = await platform.cli('user', 'token', 'desk', '--role', 'duty');
    const headers = { authorization: `Bearer ${stdout.trim().split('\n').at(-1)}`, 'content-type': 'application/json' };
    const asked = (body: unknown) =>
      fetch(`${platform.url}/api/v1/quarantine/readmit`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await asked({ ids: [1] })).status).toBe(403);
    expect((await platform.post('/api/v1/quarantine/readmit', {})).status).toBe(400);
    expect((await platform.cli('quarantine', 'readmit')).code).toBe(1);
  });
});
