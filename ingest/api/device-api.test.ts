import { describe, expect, it, vi } from 'vitest';
import { topics } from '../../devices/contract/topics.ts';
import type { Admitted } from '../admission/admission.ts';
import { deviceApi, type Sender } from './device-api.ts';

const kept: Admitted = { entries: [], refusals: [], readings: 1, doubtful: 0, safety: false };

/** The API over an intake whose disk answers when the test says so. */
function bench(door: 'direct' | 'relayed' = 'direct') {
  const durable: (() => void)[] = [];
  const said: { topic: string; body: unknown }[] = [];
  const api = deviceApi({
    intake: {
      take: (_message, done) => void durable.push(() => done(null, kept)),
      settle: (_message, _size, admitted, done) => void durable.push(() => done(null, admitted)),
    },
    admission: { admit: () => kept },
    registry: { device: (id) => (id === 'd-2' ? { gateway: 'gw-1' } : undefined) },
    shared: () => ({ region: 'north' }),
    maxPacketBytes: 1000,
    now: () => 42,
  });
  const from: Sender = { door, reply: (topic, body) => void said.push({ topic, body }) };
  const acknowledged: string[] = [];
  const say = (topic: string, body: unknown = {}, client = 'gw-1') => {
    const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    api.receive({ topic, payload, client, received: 42 }, from, () => void acknowledged.push(topic));
  };
  return { api, say, said, acknowledged, settle: () => durable.splice(0).forEach((done) => void done()) };
}

describe('the device API', () => {
  it('tells receipts of numbered telemetry once it is durable, those of a turn together', async () => {
    const { say, said, acknowledged, settle } = bench();
    for (const n of [5, 6, 7]) say(`${topics.gatewayTelemetry}/${n}`, { 'd-2': [] });
    await new Promise(setImmediate);
    expect([said, acknowledged]).toEqual([[], []]);
    settle();
    await vi.waitFor(() => expect(said).toHaveLength(1));
    expect(said[0]).toEqual({ topic: topics.gatewayReceipts, body: { received: [5, 6, 7] } });
    expect(acknowledged).toHaveLength(3);
  });

  it.each(['x', '-1', '1.5', '99999999999999999999'])('refuses a receipt number that is none: %s', (n) => {
    const { say, said, settle } = bench();
    say(`${topics.gatewayTelemetry}/${n}`, { 'd-2': [] });
    settle();
    expect(said).toMatchObject([{ topic: topics.errors, body: { refusals: [{ code: 'unknown-topic' }] } }]);
  });

  it('gives the time to a device without a clock, whatever it asks for', () => {
    const { say, said } = bench('relayed');
    say('v1/devices/me/attributes/request/3', { clientKeys: 'a,b', sharedKeys: 'c' }, 'd-1');
    say('v2/a/j/req/4', '', 'd-1');
    expect(said).toEqual([
      {
        topic: 'v1/devices/me/attributes/response/3',
        body: { serverTime: 42, door: 'relayed', shared: { serverTime: 42 } },
      },
      { topic: 'v2/a/j/res/4', body: { serverTime: 42, door: 'relayed', shared: { serverTime: 42, region: 'north' } } },
    ]);
  });

  it('answers a gateway for its own devices only', () => {
    const { say, said, settle } = bench();
    say('v1/gateway/attributes/request', { id: 1, device: 'd-2', key: 'serverTime' });
    say('v1/gateway/attributes/request', { id: 2, device: 'd-9', keys: ['serverTime'] });
    settle();
    expect(said).toMatchObject([
      { topic: 'v1/gateway/attributes/response', body: { id: 1, device: 'd-2', value: 42 } },
      { topic: topics.errors, body: { refusals: [{ code: 'not-behind-this-gateway', device: 'd-9' }] } },
    ]);
  });

  it('refuses a question it cannot read, and a call', () => {
    const { say, said, settle } = bench();
    say('v1/devices/me/attributes/request/1', 'not json');
    say('v1/devices/me/rpc/request/1', { method: 'openValve' });
    settle();
    expect(said.map(({ body }) => (body as { refusals: { code: string }[] }).refusals[0]?.code)).toEqual([
      'wrong-shape',
      'unsupported',
    ]);
  });

  it('takes its own words back without a word where a broker stands between, and refuses them at its own door', () => {
    const relayed = bench('relayed');
    relayed.say(topics.gatewayReceipts, { received: [1] });
    expect(relayed.api.ignored).toEqual({ [topics.gatewayReceipts]: 1 });
    const direct = bench();
    direct.say(topics.gatewayReceipts, { received: [1] });
    direct.settle();
    expect(direct.said).toMatchObject([{ topic: topics.errors }]);
  });
});
