import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../dashboard/app.ts';
import { bodies } from '../../dashboard/server/bodies.ts';
import type { BacktestJob, BacktestReport } from '../../devices/contract/backtest.ts';
import type { DeviceRules, RuleInWords } from '../../devices/contract/rules-tools.ts';
import { openDuckdbTelemetryStore } from '../../kit/telemetry/duckdb/duckdb-telemetry-store.ts';
import type { TelemetryRow, TelemetryStore } from '../../kit/telemetry/telemetry-store.ts';
import { type DashboardCity, dashboardCity, kitchen } from '../support/dashboard-city.ts';
import { addDevice, type Platform, startPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

/**
 * Three days of two kitchens, a value a minute. Each evening at 18:00 the first one cooks: 22 %LEL for five minutes. On the
 * second day at 03:00 gas escapes in the other: 30 %LEL for twenty minutes.
 */
const MINUTE = 60_000;
const T0 = Date.parse('2026-11-20T00:00:00Z');
const DAYS = 3;
const cooking = (minute: number): boolean => minute % 1440 >= 1080 && minute % 1440 < 1085;
const leak = (minute: number): boolean => minute >= 1440 + 180 && minute < 1440 + 200;
const kitchens = ['hearth-1', 'hearth-2'];

function threeDays(): TelemetryRow[] {
  const rows: TelemetryRow[] = [];
  for (let minute = 0; minute < DAYS * 1440; minute++) {
    for (const device of kitchens) {
      const high = device === 'hearth-1' ? (cooking(minute) ? 22 : 1) : leak(minute) ? 30 : 1;
      rows.push({
        type: 'gas-alarm-commercial',
        device,
        at: T0 + minute * MINUTE,
        values: { 'alarm.ch4': high, 'alarm.fan': true },
      });
    }
  }
  return rows;
}
const period = { from: T0, to: T0 + DAYS * 1440 * MINUTE };
const rule = 'H01-01.leak-1';

describe('trying a rule over the API', () => {
  let folder: string;
  let store: TelemetryStore;
  let city: DashboardCity;
  let dashboard: Dashboard;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yanshao-backtest-'));
    store = await openDuckdbTelemetryStore(join(folder, 'telemetry.duckdb'));
    await store.write(threeDays());
    city = await dashboardCity({ store });
    await city.put({ devices: [...kitchens, 'hearth-3'].map((id) => kitchen(id)) });
    dashboard = await city.dashboard();
    for (const role of ['admin', 'duty', 'viewer'] as const) {
      tokens[role] = (await dashboard.accounts.newApiToken({ name: role, role })).secret;
    }
  });
  afterAll(async () => {
    await city.stop();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (method: string, path: string, body?: unknown, role = 'duty') => {
    const answer = await fetch(new URL(path, dashboard.url), {
      method,
      headers: {
        authorization: `Bearer ${tokens[role]}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const ended = async (id: string): Promise<BacktestJob> => {
    let job!: BacktestJob;
    await until('the back-test has ended', async () => {
      job = bodies.backtest.parse((await ask('GET', `/api/v1/backtests/${id}`)).body) as BacktestJob;
      return job.state !== 'running';
    });
    return job;
  };
  const tried = async (asked: Record<string, unknown>): Promise<BacktestReport> => {
    const started = await ask('POST', '/api/v1/backtests', { ...period, ...asked });
    expect(started.body).toMatchObject({ state: 'running', progress: 0, by: 'duty' });
    const job = await ended(String(started.body.id));
    expect(job.problem).toBeNull();
    return job.report!;
  };

  it('tells when and where it would have rung, who is called, and how that sits with a seat', async () => {
    const report = await tried({ rule });
    expect(report).toMatchObject({
      registered: 3,
      heard: 2,
      readings: 2 * DAYS * 1440,
      before: null,
      difference: null,
    });
    expect(report.department.name.zh).not.toBe('');
    expect(report.after).toMatchObject({ alarms: 4, devices: 2, floods: 0, standing: 0, worst: { alarms: 1 } });
    expect(report.after.perHour).toBeCloseTo(4 / 72);
    // Ten seconds after the first abnormal value, as its on-delay says; back when the off-delay is over.
    expect(
      report.after.list.map(({ device, since, raisedAt, returnedAt }) => [
        device,
        since,
        raisedAt - since,
        returnedAt! - since,
      ]),
    ).toEqual([
      ['hearth-1', T0 + 1080 * MINUTE, 10_000, 6 * MINUTE],
      ['hearth-2', T0 + 1620 * MINUTE, 10_000, 21 * MINUTE],
      ['hearth-1', T0 + 2520 * MINUTE, 10_000, 6 * MINUTE],
      ['hearth-1', T0 + 3960 * MINUTE, 10_000, 6 * MINUTE],
    ]);
  });

  it('sets a change beside the rule as it stands', async () => {
    const report = await tried({ rule, change: { limit: { value: 24 }, onDelayS: 30 } });
    expect(report.before!.alarms).toBe(4);
    expect(report.after.alarms).toBe(1);
    expect(report.difference).toMatchObject({ gained: 0, lost: 3, moved: 1, movedMs: 20_000 });
    expect(report.difference!.lostList.map(({ device }) => device)).toEqual(['hearth-1', 'hearth-1', 'hearth-1']);
    expect(report.tried.zh).toContain('24 %LEL');
    expect(report.standing!.zh).toContain('20 %LEL');
  });

  it('tries a rule that does not exist yet', async () => {
    const add = {
      id: 'short-mean',
      title: { zh: '十分钟均值', en: 'Mean of ten minutes' },
      kind: 'threshold',
      measurement: 'alarm.ch4',
      op: '<',
      limit: { value: 0.5, unit: '%{LEL}' },
      windowS: 600,
      priority: 'P4',
      basis: [{ src: 'a trial', status: 'proposal' }],
    };
    expect((await tried({ item: 'H01-01', add })).after.alarms).toBe(0);
    const report = await tried({ item: 'H01-01', add: { ...add, limit: { value: 2, unit: '%{LEL}' } } });
    // Below its limit from the first full window on, but for each cooking and the leak.
    expect(report.after.alarms + report.after.stoodBefore).toBe(6);
  });

  it('tries a silence: the device that was never heard is one of those that ring', async () => {
    const report = await tried({ rule: 'H01-01.kitchen-silent' });
    expect(report.after.list.map(({ device, returnedAt }) => [device, returnedAt])).toContainEqual(['hearth-3', null]);
  });

  it('finds nothing in an empty period, and says so by its figures', async () => {
    const report = await tried({ rule, from: T0 - 9e9, to: T0 - 8e9 });
    expect(report).toMatchObject({ readings: 0, heard: 0, after: { alarms: 0, worst: null, medianMs: null } });
  });

  it.each([
    [{ rule: 'H01-01.leak-9' }, 'unknown-rule', /did you mean "H01-01\.leak-1"/],
    [{ rule, devices: ['hearth-l'] }, 'unknown-device', /did you mean "hearth-1"/],
    [{ item: 'H01-99', add: {} }, 'unknown-item', /H01-99/],
  ])('refuses what is not there: %o', async (asked, code, text) => {
    const { status, body } = await ask('POST', '/api/v1/backtests', { ...period, ...asked });
    expect({ status, code: body.code }).toEqual({ status: 409, code });
    expect(body.en).toMatch(text);
  });

  it('lists every fault of a rule, by its place in it', async () => {
    const change = { limit: { value: 30 }, onDelayS: -1, colour: 'red' };
    const shape = await ask('POST', '/api/v1/backtests', { ...period, rule, change });
    expect(shape.status).toBe(409);
    expect((shape.body.errors as { field: string }[]).map(({ field }) => field).sort()).toEqual(['', 'onDelayS']);
    // Above the first level of GB/T 50493, or later than it allows: a trial cannot get past it either.
    const ceiling = await ask('POST', '/api/v1/backtests', { ...period, rule, change: { limit: { value: 30 } } });
    expect(ceiling.body).toMatchObject({ code: 'invalid-rule', errors: [{ field: '' }] });
    const late = await ask('POST', '/api/v1/backtests', { ...period, rule, change: { onDelayS: 600 } });
    expect(JSON.stringify(late.body.errors)).toMatch(/delayed by at most 30 s/);
    const request = await ask('POST', '/api/v1/backtests', { from: 5, to: 5 });
    expect(request).toMatchObject({ status: 400 });
  });

  it('is for those who may change something; everybody may look', async () => {
    expect((await ask('POST', '/api/v1/backtests', { ...period, rule }, 'viewer')).status).toBe(403);
    expect((await ask('GET', '/api/v1/backtests', undefined, 'viewer')).status).toBe(200);
    expect((await ask('GET', '/api/v1/backtests/none')).status).toBe(404);
  });

  it('can be cancelled, and two at a time are enough', async () => {
    const started = [];
    for (const _ of [1, 2]) started.push(await ask('POST', '/api/v1/backtests', { ...period, rule }));
    const third = await ask('POST', '/api/v1/backtests', { ...period, rule });
    const running = bodies.backtests
      .parse((await ask('GET', '/api/v1/backtests')).body)
      .items.filter(({ state }) => state === 'running');
    if (running.length === 2) expect(third.body).toMatchObject({ code: 'backtests-busy' });
    for (const { body } of started) await ask('DELETE', `/api/v1/backtests/${body.id}`);
    for (const { body } of started) expect(['cancelled', 'done']).toContain((await ended(String(body.id))).state);
  });

  it('tells what the rules think of a device, in the shape that the document gives', async () => {
    await city.reports('hearth-1', { 'alarm.ch4': 12 });
    await until('rules has judged it', async () => {
      const { body } = await ask('GET', '/api/v1/devices/hearth-1/rules');
      return (body as unknown as DeviceRules).rules.some(({ newest }) => newest?.value === 12);
    });
    const found = bodies.deviceRules.parse((await ask('GET', '/api/v1/devices/hearth-1/rules')).body);
    expect(found.rules.find((one) => one.rule === rule)).toMatchObject({
      phase: 'normal',
      limit: { value: 20, back: 15 },
      change: { en: 'raises: Gas concentration rises by 8 %LEL to ≥ 20 %LEL, for 10 s' },
    });
    const nobody = await ask('GET', '/api/v1/devices/hearth-I/rules');
    expect(nobody.status).toBe(404);
    expect(nobody.body.en).toMatch(/did you mean "hearth-1"/);
    const listed = bodies.rules.parse((await ask('GET', '/api/v1/rules?item=H01-01')).body);
    expect(listed.items.map((one) => one.rule)).toContain(rule);
  });
});

describe('trying a rule from the command line', () => {
  let platform: Platform;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yanshao-rules-cli-'));
    platform = await startPlatform({ YANSHAO_DEMO: 'off', YANSHAO_CITY: 'linglan' });
    for (const id of kitchens) {
      await addDevice(
        platform,
        id,
        '--type',
        'gas-alarm-commercial',
        '--lon',
        '124.5',
        '--lat',
        '29.6',
        '--gas',
        'natural',
        '--gas-unit',
        '%{LEL}',
      );
    }
    // Three days that were stored before the platform was started again.
    await platform.halt();
    mkdirSync(join(platform.dataDir, 'live'), { recursive: true });
    const store = await openDuckdbTelemetryStore(join(platform.dataDir, 'live', 'telemetry.duckdb'));
    await store.write(threeDays());
    await store.close();
    await platform.restart();
  });
  afterAll(async () => {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const span = ['--from', new Date(period.from).toISOString(), '--to', String(period.to)];

  it('prints what a person can read, or one JSON object', async () => {
    const { stdout, stderr, code } = await platform.cli('rules', 'backtest', rule, ...span, '--limit', '24');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/少了 \/ lost 3/);
    expect(stdout).toMatch(/2026-11-21T03:00:10Z {2}hearth-2 {2}30 %LEL/);
    const json = await platform.cli('rules', 'backtest', rule, ...span, '--set', 'limit.value=24', '--json');
    expect((JSON.parse(json.stdout) as BacktestReport).after.alarms).toBe(1);
  });

  it('names the faults of a rule file with their lines', async () => {
    const file = join(folder, 'rule.yaml');
    writeFileSync(
      file,
      [
        'id: too-high',
        'title: { zh: 过高, en: Too high }',
        'kind: threshold',
        'measurement: alarm.co9',
        "op: '>='",
        "limit: { value: 15, unit: 'kPa' }",
        'priority: P9',
        'basis: [{ src: a trial, status: proposal }]',
        '',
      ].join('\n'),
    );
    const shape = await platform.cli('rules', 'backtest', '--file', file, '--item', 'H01-01', ...span);
    expect(shape.code).toBe(1);
    expect(shape.stderr).toContain(`${file}:7: priority`);
    writeFileSync(file, 'id: [');
    expect((await platform.cli('rules', 'backtest', '--file', file, '--item', 'H01-01', ...span)).stderr).toContain(
      `${file}:1`,
    );
  });

  it('explains a device, and asks back for one that is not there', async () => {
    const { stdout, code } = await platform.cli('rules', 'explain', 'hearth-1');
    expect(code).toBe(0);
    expect(stdout).toContain(`${rule}  P2`);
    expect(stdout).toMatch(/→ raises: /);
    const json = JSON.parse((await platform.cli('rules', 'explain', 'hearth-1', '--json')).stdout) as DeviceRules;
    expect(json.rules.every(({ change }) => change.zh !== '' && change.en !== '')).toBe(true);
    expect(await platform.cli('rules', 'explain', 'hearth-11')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/did you mean/),
    });
  });

  it('lists rules, and checks a catalogue file line by line', async () => {
    const { items } = JSON.parse(
      (await platform.cli('rules', 'list', '--type', 'gas-alarm-commercial', '--json')).stdout,
    ) as { items: RuleInWords[] };
    expect(items.map((one) => one.rule)).toContain(rule);
    expect(new Set(items.map(({ deviceType }) => deviceType))).toEqual(new Set(['gas-alarm-commercial']));
    const file = join(folder, 'catalogue.yaml');
    writeFileSync(
      file,
      'title: { zh: 空, en: Empty }\nversion: "1"\nwarning: { zh: 空, en: none }\ndomains: nothing\n',
    );
    const { stderr, code } = await platform.cli('rules', 'check', file);
    expect({ code, line: stderr.includes(`${file}:4: domains`) }).toEqual({ code: 1, line: true });
  });
});
