import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dutyRecordsSchema } from '../../devices/contract/duty.ts';
import { systemClock } from '../../kit/clock.ts';
import { gatewayChannel } from '../../rules/notify/gateway/gateway-channel.ts';
import { gatewaySchema } from '../../rules/notify/gateway/template.ts';
import { loopbackPost } from '../../rules/notify/message-bench.ts';
import { type DashboardCity, dashboardCity } from '../support/dashboard-city.ts';
import { type FarSide, farSide } from '../support/far-side.ts';
import { until } from '../support/until.ts';

/** A gateway of SMS that takes messages and later tells, over HTTP, what became of them. */
const token = 'a-secret-of-the-gateway';
let far: FarSide;
let city: DashboardCity;
let url: string;
let messages = 0;

const template = (from?: string[]) =>
  gatewaySchema.parse({
    url: `${far.url}/send`,
    json: { to: '{{to}}', text: '{{content}}' },
    messageId: '/id',
    receipt: {
      ...{ token, from, items: '/reports', id: '/msgid', status: '/stat', reason: '/err' },
      ...{ delivered: ['DELIVRD'], failed: ['UNDELIV'], answer: '{"code":0}' },
    },
  });

beforeAll(async () => {
  far = await farSide(() => ({ body: JSON.stringify({ id: `m${++messages}` }) }));
  const sms = template();
  city = await dashboardCity({
    telling: {
      channels: async () => new Map([['sms', gatewayChannel('sms', sms, loopbackPost, Date.now)]]),
      farSides: { vapid: null, gateways: { sms, voice: template(['203.0.113.0/24']) } },
      origin: '',
      world: systemClock,
    },
  });
  url = (await city.dashboard()).url;
  // A telephone takes four messages a minute: each test has one of its own.
  const persons = Array.from({ length: 9 }, (_, i) => ({
    ...{ id: `p${i + 1}`, name: '安', department: 'gasworks', phone: `000-010${i}` },
    channels: [{ kind: 'sms' }],
  }));
  await asks({ type: 'duty.put', put: dutyRecordsSchema.parse({ persons }) });
});
afterAll(async () => {
  await city?.stop();
  await far?.stop();
});

let commands = 0;
let persons = 0;
const asks = async (command: object) => {
  const id = `reports-${++commands}`;
  const actor = { id: 'x', name: 'x', via: 'cli', role: 'admin' };
  const outcome = await city.rules.command({ id, actor, at: Date.now(), ...command } as never);
  expect(outcome).toMatchObject({ done: true });
  return id;
};
/** An SMS that the gateway took, and what it called it. */
const sent = async () => {
  const notice = `test/${await asks({ type: 'notify.test', person: `p${++persons}`, priority: 'P1' })}`;
  return until('the gateway took it', () =>
    city.state.db
      .selectFrom('deliveries')
      .selectAll()
      .where('notice', '=', notice)
      .where('state', '=', 'sent')
      .executeTakeFirst(),
  );
};
const delivery = (key: string) =>
  city.state.db.selectFrom('deliveries').selectAll().where('key', '=', key).executeTakeFirstOrThrow();
const report = async (body: string, { type = 'application/json', with: given = token, channel = 'sms' } = {}) => {
  const answer = await fetch(`${url}/api/v1/notices/reports/${channel}/${given}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get('content-type'), text, body: JSON.parse(text) };
};
const told = (...reports: object[]) => JSON.stringify({ reports });

describe('the delivery report of a gateway', () => {
  it('is kept: the SMS was delivered, and the gateway hears what it wants to hear', async () => {
    const { key, far_id } = await sent();
    expect(await report(told({ msgid: far_id, stat: 'DELIVRD' }))).toMatchObject({
      status: 200,
      type: expect.stringMatching(/^application\/json/),
      text: '{"code":0}',
    });
    expect((await delivery(key)).delivered).not.toBeNull();
  });

  it('changes nothing when it comes again, also where it then says otherwise', async () => {
    const { key, far_id } = await sent();
    await report(told({ msgid: far_id, stat: 'DELIVRD' }));
    const first = await delivery(key);
    await report(told({ msgid: far_id, stat: 'DELIVRD' }, { msgid: far_id, stat: 'UNDELIV', err: 'late' }));
    expect(await delivery(key)).toEqual(first);
  });

  it('of a failure says why', async () => {
    const { key, far_id } = await sent();
    await report(told({ msgid: far_id, stat: 'UNDELIV', err: 'MK:0001 空号' }));
    expect(await delivery(key)).toMatchObject({ delivered: null, reason: 'MK:0001 空号' });
    expect((await delivery(key)).failed).not.toBeNull();
  });

  it('may be a form that names our own key, where the template reads it so', async () => {
    const { key, message } = await sent();
    const form = new URLSearchParams({ msgid: message!, stat: 'DELIVRD' });
    // A form has no list: this template looks for one.
    const answer = await report(form.toString(), { type: 'application/x-www-form-urlencoded' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'report-unreadable' } });
    expect((await delivery(key)).delivered).toBeNull();
    await report(told({ msgid: message, stat: 'DELIVRD' }));
    expect((await delivery(key)).delivered).not.toBeNull();
  });

  it.each([
    ['is not JSON', '{"reports":', 400, 'bad-body'],
    ['has no lines where they should be', '{"other":[]}', 400, 'report-unreadable'],
    ['has lines without an id', told({ stat: 'DELIVRD' }), 400, 'report-unreadable'],
    ['is no object', '"DELIVRD"', 400, 'report-unreadable'],
    ['speaks of nothing that was sent', told({ msgid: 'who?', stat: 'DELIVRD' }), 404, 'report-unknown'],
  ])('that %s is refused plainly', async (_, body, status, code) => {
    const answer = await report(body);
    expect([answer.status, answer.body.zh, answer.body.en].map((one) => typeof one)).toEqual([
      'number',
      'string',
      'string',
    ]);
    expect(answer).toMatchObject({ status, ...(code !== 'bad-body' && { body: { code } }) });
  });

  it('that only says a message is on its way is taken, and keeps nothing', async () => {
    const { key, far_id } = await sent();
    expect((await report(told({ msgid: far_id, stat: 'ACCEPTD' }))).status).toBe(200);
    expect(await delivery(key)).toMatchObject({ delivered: null, failed: null });
  });

  it('from whoever does not know the token, or does not stand in the list, is not taken', async () => {
    const { key, far_id } = await sent();
    const body = told({ msgid: far_id, stat: 'DELIVRD' });
    expect(await report(body, { with: 'a-guess' })).toMatchObject({ status: 403, body: { code: 'report-token' } });
    expect(await report(body, { channel: 'voice' })).toMatchObject({
      status: 403,
      body: { code: 'report-source', en: expect.stringContaining('127.0.0.1') },
    });
    expect((await delivery(key)).delivered).toBeNull();
  });
});
