import { z } from 'zod';
import type { BacktestJob, BacktestReport } from '../../devices/contract/backtest.ts';
import type { DeviceRules, RuleInWords } from '../../devices/contract/rules-tools.ts';
import { bilingual, override, priority, time, value, verdictKind } from './body-parts.ts';

/** Answers about rules and back-tests, for the document of the API; see `bodies.ts`. */
const ms = z.number().describe('ms');

const ruleInWords = z
  .object({
    rule: z.string().describe('<item>.<rule>, or the platform’s own'),
    item: z.string(),
    itemName: z.string(),
    title: bilingual,
    deviceType: z.string(),
    measurement: z.string(),
    kind: z.string(),
    priority,
    words: bilingual.describe('what must hold, for how long, and when it returns'),
    department: z.string(),
    latched: z.boolean(),
    ladder: z.string().nullable(),
    learned: z
      .object({
        bytesPerDevice: z.number().describe('kept of each device once it was heard'),
        learning: z.number().nullable().describe('devices of which too little is known yet: the rule rests there'),
      })
      .nullable()
      .describe('of a baseline rule'),
  })
  .meta({ id: 'RuleInWords' }) satisfies z.ZodType<RuleInWords>;

const ruleState = ruleInWords.extend({
  newest: z
    .object({
      value,
      at: time,
      ageMs: ms,
      quality: z.enum(['good', 'uncertain', 'bad']),
      status: z.number().describe('OPC UA status code'),
    })
    .nullable(),
  compared: z.number().nullable().describe('what is compared with the limit now'),
  window: z.object({ spanMs: ms, watchedMs: ms, samples: z.number() }).nullable(),
  unit: z.string().describe('UCUM'),
  limit: z.object({ value, back: value.describe('must come back beyond this'), from: bilingual }).nullable(),
  rests: bilingual.nullable().describe('why the rule rests for this device'),
  phase: z.enum(['normal', 'pending', 'active', 'returning', 'held']),
  since: time.nullable(),
  leftMs: ms.nullable().describe('left of the delay or silence that runs'),
  memory: bilingual.nullable().describe('samples, what is usual, or neighbours'),
  condition: z.object({ holds: z.boolean().nullable(), text: bilingual }).nullable(),
  alarm: z
    .object({
      id: z.string(),
      active: z.boolean(),
      acked: z.boolean(),
      latched: z.boolean(),
      raisedAt: time,
      supersededBy: z.string().nullable(),
      overrides: z.array(override).readonly(),
    })
    .nullable(),
  wouldHide: z.array(z.object({ rule: z.string(), because: z.string() })).readonly(),
  change: bilingual.describe('what would have to change for it to raise, or to return'),
});

const deviceRules = z
  .object({
    device: z.string(),
    name: z.string(),
    type: z.string(),
    at: time.nullable().describe('time of the engine'),
    heardAt: time.nullable(),
    draining: z.boolean(),
    rules: z.array(ruleState).readonly(),
  })
  .meta({ id: 'DeviceRules' }) satisfies z.ZodType<DeviceRules>;

const tried = z.object({
  device: z.string(),
  since: time,
  raisedAt: time,
  returnedAt: time.nullable(),
  value: value.nullable(),
  hidden: z.enum(['by-people', 'by-design']).nullable().describe('what would have hidden it when it rang'),
  deviceName: z.string(),
  site: z.string().nullable(),
  siteName: z.string().nullable(),
  area: z.string().nullable(),
});

const triedRule = z
  .object({
    alarms: z.number(),
    devices: z.number().describe('that rang at least once'),
    perHour: z.number(),
    perTenMinutes: z.number().describe('EEMUA 191: a seat can take about 1'),
    worst: z.object({ from: time, alarms: z.number() }).nullable().describe('the ten minutes with most alarms'),
    floods: z.number(),
    inFlood: z.number().describe('part of the period, 0 to 1'),
    chattering: z.array(z.object({ device: z.string(), times: z.number() })).readonly(),
    standing: z.number(),
    stoodBefore: z.number(),
    hidden: z
      .object({ byPeople: z.number(), byDesign: z.number() })
      .describe('alarms that would have lain hidden when they rang; counted all the same'),
    medianMs: ms.nullable(),
    longestMs: ms.nullable(),
    byArea: z.array(z.object({ area: z.string(), alarms: z.number() })).readonly(),
    topDevices: z.array(z.object({ device: z.string(), name: z.string(), alarms: z.number() })).readonly(),
    list: z.array(tried).readonly().describe('the first 500'),
  })
  .meta({ id: 'TriedRule' });

const report = z
  .object({
    rule: z.string(),
    title: bilingual,
    priority,
    deviceType: z.string(),
    measurement: z.string(),
    unit: z.string(),
    tried: bilingual,
    standing: bilingual.nullable(),
    department: z.object({ id: z.string(), name: bilingual }),
    cooperating: z.array(z.string()).readonly(),
    from: time,
    to: time,
    cutAt: time.nullable().describe('it rang so often by then that it was not tried further'),
    registered: z.number(),
    heard: z.number(),
    readings: z.number(),
    tookMs: ms,
    before: triedRule.nullable().describe('the rule as it stands'),
    after: triedRule,
    difference: z
      .object({
        gained: z.number(),
        lost: z.number(),
        moved: z.number(),
        movedMs: ms.nullable().describe('later by this, median'),
        gainedList: z.array(tried).readonly(),
        lostList: z.array(tried).readonly(),
        movedList: z.array(tried.extend({ wasRaisedAt: time })).readonly(),
      })
      .nullable(),
    verdicts: z
      .array(
        z.object({
          kind: verdictKind,
          total: z.number(),
          kept: z.number(),
          missed: z.array(z.object({ device: z.string(), since: time })).readonly(),
        }),
      )
      .readonly(),
    overlays: z
      .array(z.object({ id: z.string(), title: bilingual, devices: z.number() }))
      .readonly()
      .describe('where devices are judged by other figures than the city’s'),
    notes: z.array(bilingual).readonly().describe('what the figures take into account and what not'),
    problems: z.array(z.object({ device: z.string(), text: z.string(), count: z.number() })).readonly(),
  })
  .meta({ id: 'BacktestReport' }) satisfies z.ZodType<BacktestReport>;

const job = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    rule: z.string(),
    by: z.string(),
    startedAt: time,
    endedAt: time.nullable(),
    progress: z.number().describe('part of the period, 0 to 1'),
    readings: z.number(),
    leftMs: ms.nullable().describe('estimate of the time left'),
    report: report.nullable(),
    problem: bilingual.nullable(),
  })
  .meta({ id: 'Backtest' }) satisfies z.ZodType<BacktestJob>;

export const ruleBodies = {
  rules: z.object({ items: z.array(ruleInWords) }),
  deviceRules,
  backtest: job,
  backtests: z.object({ items: z.array(job).readonly() }),
} as const;
