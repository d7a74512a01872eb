import { describe, expect, it } from 'vitest';
import { noDuties } from '../tickets/duties.ts';
import { benchDevice, bystanders, engineBench, kitchen, momentOf } from './engine-bench.ts';

const { noor, lin, script } = bystanders;
/** Lamps threaten nobody: one person may put their alarms aside. */
const lamps = ['l1', 'l2', 'l3'].map((id) => benchDevice(id, 'smart-pole', { circuit: 'c1' }));
const evening = (reAlarmMs = 0, duties = noDuties) => {
  const options = { reAlarmMs, duties: () => duties };
  const b = engineBench({ devices: [...lamps, kitchen('k1'), kitchen('k2')] }, '20:00', options);
  b.reads('20:00:30', 'l1', { 'pole.lampOn': true, 'pole.dimLevel': 100, 'pole.lampFailure': true });
  return b;
};
const LAMP = 'C04-07.lamp-failure';
const lamp = (b: ReturnType<typeof evening>) => b.alarm(LAMP)!;
const shown = (b: ReturnType<typeof evening>, rule = LAMP) => b.shows.filter((s) => s.startsWith(rule));
const shelve = (b: ReturnType<typeof evening>, time: string, more: object = {}) =>
  b.asks(time, { type: 'shelve', alarms: [lamp(b).id], minutes: 30, reason: 'crew is on its way', ...more });
const point = { device: 'l1', rule: LAMP };

describe('a shelf', () => {
  it('hides an alarm until its time is over, by the journal’s own time', () => {
    const b = evening();
    shelve(b, '20:01');
    expect(shown(b)).toEqual([`${LAMP} unack shelved`]);
    expect(lamp(b).override).toMatchObject({ by: 'mira', confirmedBy: null, until: momentOf('20:31') });
    b.passes('20:30:59');
    expect(shown(b)).toEqual([`${LAMP} unack shelved`]);
    b.passes('20:31');
    expect(shown(b)).toEqual([`${LAMP} unack`]);
    expect(b.engine.stats().overrides).toMatchObject({ shelved: 0 });
  });

  it('shows what is true when it ends: what returned under it is a return that nobody acknowledged', () => {
    const b = evening();
    shelve(b, '20:01');
    b.reads('20:10', 'l1', { 'pole.lampFailure': false });
    expect(shown(b)).toEqual([`${LAMP} rtn-unack shelved`]);
    b.passes('20:31');
    expect(shown(b)).toEqual([`${LAMP} rtn-unack`]);
  });

  it('belongs to the point: an episode raised while it stands lies under it from its beginning', () => {
    const b = evening();
    shelve(b, '20:01');
    b.acknowledges('20:02', lamp(b).id);
    b.reads('20:05', 'l1', { 'pole.lampFailure': false });
    expect(shown(b)).toEqual([]);
    b.reads('20:10', 'l1', { 'pole.lampFailure': true });
    expect(shown(b)).toEqual([`${LAMP} unack shelved`]);
    b.passes('20:31');
    expect(shown(b)).toEqual([`${LAMP} unack`]);
  });

  it('for one episode ends with its return', () => {
    const b = evening();
    shelve(b, '20:01', { oneShot: true });
    b.reads('20:10', 'l1', { 'pole.lampFailure': false });
    expect(shown(b)).toEqual([`${LAMP} rtn-unack`]);
    expect(b.events.at(-1)).toMatchObject({ kind: 'unshelved', actor: null });
    b.reads('20:12', 'l1', { 'pole.lampFailure': true });
    expect(shown(b)).toEqual([`${LAMP} unack`]);
  });

  it('for one episode ends at its time, if that comes first', () => {
    const b = evening();
    shelve(b, '20:01', { oneShot: true });
    b.passes('20:31');
    expect(shown(b)).toEqual([`${LAMP} unack`]);
  });

  it('can be ended by anybody of the seat, and says who did', () => {
    const b = evening();
    shelve(b, '20:01');
    expect(b.asks('20:05', { type: 'unshelve', ...point }, noor).done).toEqual([lamp(b).id]);
    expect(shown(b)).toEqual([`${LAMP} unack`]);
    expect(b.events.at(-1)).toMatchObject({ kind: 'unshelved', actor: 'noor' });
    expect(b.asks('20:06', { type: 'unshelve', ...point }).refused).toMatchObject([{ code: 'not-shelved' }]);
  });

  it('keeps an acknowledged alarm from ringing again; once it is over, it rings if it is due', () => {
    const b = evening(600_000);
    b.acknowledges('20:01', lamp(b).id);
    shelve(b, '20:02');
    b.passes('20:20');
    expect(shown(b)).toEqual([`${LAMP} ack shelved`]);
    b.passes('20:33');
    expect(shown(b)).toEqual([`${LAMP} unack`]);
  });

  it.each([
    ['longer than the city allows', { minutes: 20_000 }, 'shelf-too-long'],
    ['of no alarm', { alarms: ['l9/x.y/1'] }, 'unknown-alarm'],
  ])('%s is refused', (_, more, code) => {
    const b = evening();
    const [refused] = shelve(b, '20:01', more).refused;
    expect(refused).toMatchObject({
      code,
      zh: expect.stringMatching(/[\u4e00-\u9fff]/),
      en: expect.stringMatching(/\w/),
    });
  });

  it('for one episode that is over already is refused', () => {
    const b = evening();
    b.reads('20:02', 'l1', { 'pole.lampFailure': false });
    expect(shelve(b, '20:03', { oneShot: true }).refused).toMatchObject([{ code: 'already-returned' }]);
  });

  it('survives kill -9, and still ends at its time', () => {
    const b = evening();
    const heldTo = b.keeps();
    shelve(b, '20:01');
    b.passes('20:10');
    b.restarts(heldTo);
    b.passes('20:30');
    expect(shown(b)).toEqual([`${LAMP} unack shelved`]);
    b.passes('20:31');
    expect(shown(b)).toEqual([`${LAMP} unack`]);
  });

  it('does not outlive a removed device', () => {
    const b = evening();
    shelve(b, '20:01');
    b.registry('20:02', { version: 1, remove: 'device', id: 'l1' });
    expect(b.engine.stats().overrides).toMatchObject({ shelved: 0 });
  });
});

describe('out of service', () => {
  const out = (b: ReturnType<typeof evening>, time: string, more: object = {}) =>
    b.asks(time, { type: 'out-of-service', ...point, workOrder: 'WO-7', reason: 'lamp is changed', ...more });

  it('stands until somebody returns it to service', () => {
    const b = evening();
    out(b, '20:01');
    b.passes('23:00');
    expect(shown(b)).toEqual([`${LAMP} unack out-of-service`]);
    b.asks('23:01', { type: 'return-to-service', ...point });
    expect(shown(b)).toEqual([`${LAMP} unack`]);
  });

  it('ends by itself where it was given an end', () => {
    const b = evening();
    out(b, '20:01', { until: momentOf('21:00') });
    b.passes('21:00');
    expect(shown(b)).toEqual([`${LAMP} unack`]);
  });

  it('of a whole device hides every alarm of it, also its silence, and no other device', () => {
    const b = evening();
    b.reads('20:00:40', 'l2', { 'pole.lampOn': true, 'pole.dimLevel': 100, 'pole.lampFailure': true });
    out(b, '20:01', { rule: null });
    b.passes('20:50');
    const of = (device: string) => b.alarms().filter((a) => a.device === device && a.closedAt === null);
    expect(of('l1').map((a) => [a.rule, a.override?.kind])).toEqual([
      [LAMP, 'out-of-service'],
      ['platform.silent', 'out-of-service'],
    ]);
    expect(of('l2').every((a) => a.override === null)).toBe(true);
  });

  it('shows before a shelf, and the shelf after it', () => {
    const b = evening();
    shelve(b, '20:01', { minutes: 60 });
    out(b, '20:02', { until: momentOf('20:30') });
    expect(lamp(b).overrides.map(({ kind }) => kind)).toEqual(['out-of-service', 'shelved']);
    b.passes('20:30');
    expect(shown(b)).toEqual([`${LAMP} unack shelved`]);
    b.passes('21:01');
    expect(shown(b)).toEqual([`${LAMP} unack`]);
  });

  it.each([
    ['of a device that nobody registered', { device: 'l9', rule: null }, 'unknown-device'],
    ['that would end before it begins', { until: momentOf('19:00') }, 'ends-in-the-past'],
  ])('%s is refused', (_, more, code) => {
    expect(out(evening(), '20:01', more).refused).toMatchObject([{ code }]);
  });
});

describe('an alarm of gas or fire that threatens life', () => {
  const L2 = 'G05-14.com-l2';
  const leak = (duties = noDuties) => {
    const b = evening(0, duties);
    b.reads('20:01', 'k1', { 'alarm.ch4': 46 });
    return b;
  };
  const ask = (b: ReturnType<typeof evening>, time = '20:02', more: object = {}) =>
    b.asks(time, { type: 'shelve', alarms: [b.alarm(L2)!.id], minutes: 20, reason: 'welding under permit', ...more });

  it('is hidden by nobody alone: it is asked for, and the alarm stays', () => {
    const b = leak();
    const { asked, done } = ask(b);
    expect(done).toEqual([]);
    expect(asked).toMatchObject([{ device: 'k1', rule: L2, priority: 'P1', hazard: 'gas', by: { name: 'mira' } }]);
    expect(shown(b, L2)).toEqual([`${L2} unack`]);
    expect(b.events.at(-1)).toMatchObject({ kind: 'asked', actor: 'mira' });
    expect(b.engine.stats().overrides).toMatchObject({ asked: 1, shelved: 0 });
  });

  it('is shelved once somebody of another role has confirmed, from then on', () => {
    const b = leak();
    const [request] = ask(b).asked;
    expect(b.asks('20:05', { type: 'confirm', ask: request!.id }, lin).done).toEqual([b.alarm(L2)!.id]);
    expect(b.alarm(L2)!.override).toMatchObject({ by: 'mira', confirmedBy: 'lin', until: momentOf('20:25') });
    b.passes('20:25');
    expect(shown(b, L2)).toEqual([`${L2} unack`]);
  });

  it('is not confirmed by the same person under another account', () => {
    const b = leak({ ...noDuties, personOf: () => 'p-mira' });
    const [request] = ask(b).asked;
    expect(b.asks('20:03', { type: 'confirm', ask: request!.id }, lin).refused).toMatchObject([
      { code: 'same-person' },
    ]);
    expect(shown(b, L2)).toEqual([`${L2} unack`]);
  });

  it.each([
    ['by the one who asked', bystanders.mira, 'same-person'],
    ['by a colleague of the same role', noor, 'same-role'],
    ['by a script', script, 'not-in-person'],
  ])('confirmed %s is refused, and the request stands', (_, who, code) => {
    const b = leak();
    const [request] = ask(b).asked;
    expect(b.asks('20:03', { type: 'confirm', ask: request!.id }, who).refused).toMatchObject([{ code }]);
    expect(shown(b, L2)).toEqual([`${L2} unack`]);
    expect(b.engine.stats().overrides.asked).toBe(1);
  });

  it('is not asked for twice at once', () => {
    const b = leak();
    ask(b);
    expect(ask(b, '20:03').refused).toMatchObject([{ code: 'already-asked' }]);
  });

  it('may be declined, and then is as it was', () => {
    const b = leak();
    const [request] = ask(b).asked;
    b.asks('20:03', { type: 'decline', ask: request!.id, note: 'no permit is known' }, lin);
    expect(b.asks('20:04', { type: 'confirm', ask: request!.id }, lin).refused).toMatchObject([
      { code: 'unknown-ask' },
    ]);
    expect(b.engine.stats().overrides.asked).toBe(0);
  });

  it('lapses after ten minutes without a second person', () => {
    const b = leak();
    const [request] = ask(b).asked;
    b.passes('20:12');
    expect(b.engine.stats().overrides.asked).toBe(0);
    expect(b.asks('20:12:01', { type: 'confirm', ask: request!.id }, lin).refused).toMatchObject([
      { code: 'unknown-ask' },
    ]);
  });

  it('cannot be confirmed for one episode that is over meanwhile', () => {
    const b = leak();
    const [request] = ask(b, '20:02', { oneShot: true }).asked;
    b.reads('20:03', 'k1', { 'alarm.ch4': 0 });
    b.passes('20:04:10');
    const answer = b.asks('20:05', { type: 'confirm', ask: request!.id }, lin);
    expect(answer.refused).toMatchObject([{ code: 'already-returned' }]);
  });

  it('guards its whole device: nobody takes that out of service alone either', () => {
    const b = leak();
    const whole = { type: 'out-of-service', device: 'k2', rule: null, workOrder: 'WO-1', reason: 'new detector' };
    const [request] = b.asks('20:02', whole).asked;
    expect(request).toMatchObject({ device: 'k2', rule: null, priority: 'P1', hazard: 'gas' });
    b.asks('20:03', { type: 'confirm', ask: request!.id }, lin);
    b.reads('20:04', 'k2', { 'alarm.ch4': 46 });
    expect(b.alarms().find((a) => a.device === 'k2')!.override).toMatchObject({
      kind: 'out-of-service',
      confirmedBy: 'lin',
    });
  });

  it('keeps a request over kill -9', () => {
    const b = leak();
    const heldTo = b.keeps();
    const [request] = ask(b).asked;
    b.restarts(heldTo);
    expect(b.asks('20:05', { type: 'confirm', ask: request!.id }, lin).done).toHaveLength(1);
  });

  it('hides no other level while it is shelved: what nobody shelved steps forward', () => {
    const L1 = 'G05-14.com-l1';
    const b = leak();
    b.passes('20:01:20');
    expect(shown(b, 'G05-14.com')).toEqual([`${L2} unack`, `${L1} unack superseded`]);
    const [request] = ask(b).asked;
    b.asks('20:03', { type: 'confirm', ask: request!.id }, lin);
    expect(shown(b, 'G05-14.com')).toEqual([`${L2} unack shelved`, `${L1} unack`]);
    b.asks('20:04', { type: 'unshelve', device: 'k1', rule: L2 });
    expect(shown(b, 'G05-14.com')).toEqual([`${L2} unack`, `${L1} unack superseded`]);
  });
});
