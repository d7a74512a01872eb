import type { Alarm, AlarmEvent } from '../../devices/contract/alarm.ts';
import type { BesideListed } from '../../devices/contract/beside.ts';
import { type Campaign, isVisitOpen, type Visit, type VisitStep } from '../../devices/contract/campaign.ts';
import { campaignPolicySchema } from '../../devices/contract/campaign-policy.ts';
import { type Catalogue, catalogueSchema } from '../../devices/contract/catalogue.ts';
import { alarmPolicySchema, type City } from '../../devices/contract/city.ts';
import { type Actor, commandSchema } from '../../devices/contract/command.ts';
import type {
  ConditionEntry,
  EdgeAlarmEntry,
  JournalEntry,
  TelemetryEntry,
  Value,
} from '../../devices/contract/entry.ts';
import { type HazardEntry, type HazardLook, type HazardStep, isHazardOpen } from '../../devices/contract/hazard.ts';
import { hazardPolicySchema } from '../../devices/contract/hazard-policy.ts';
import type { Incident, IncidentEvent, IncidentMember } from '../../devices/contract/incident.ts';
import type { OverrideAsk, StandingOverride } from '../../devices/contract/overrides.ts';
import {
  type Device,
  deviceSchema,
  type Gateway,
  type RegistryChange,
  type Site,
} from '../../devices/contract/registry.ts';
import type { StandardsVersion } from '../../devices/contract/standards.ts';
import type { Ticket, TicketStep } from '../../devices/contract/ticket.ts';
import { ticketPolicySchema } from '../../devices/contract/ticket-policy.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { executeOnDesk } from '../commands/on-desk.ts';
import { causeOf } from '../hazards/book.ts';
import { alarmId } from '../judge/identity.ts';
import { stateOf } from '../judge/transition.ts';
import { compileCatalogue } from '../standards/compile.ts';
import type { Duties } from '../tickets/duties.ts';
import { createEngine, type Engine, type StateRow } from './engine.ts';

/** A small invented city, for benches and scenarios. */
export const benchCity: City = {
  id: 'bench',
  name: { zh: '试验城', en: 'Bench City' },
  fictional: true,
  timeZone: 'Asia/Shanghai',
  map: { center: [112.6, 26.9], zoom: 11, bounds: [112, 26, 113, 27], attribution: 'invented' },
  areas: [{ code: '000001', name: { zh: '东区', en: 'East' }, urban: true }],
  departments: [
    { id: 'gas', name: { zh: '燃气办', en: 'Gas office' } },
    { id: 'lights', name: { zh: '路灯处', en: 'Street lights' } },
  ],
  platformDepartment: 'gas',
  // Nobody is missed at its seat: what is tested here is not whether somebody looks.
  seats: [
    {
      id: 'duty',
      name: { zh: '值守席', en: 'Duty seat' },
      priorities: ['P1', 'P2', 'P3'],
      staffed: { hours: [], graceS: 60 },
    },
  ],
  alarmPolicy: alarmPolicySchema.parse({}),
  tickets: ticketPolicySchema.parse({}),
  hazards: hazardPolicySchema.parse({}),
  campaigns: campaignPolicySchema.parse({}),
  working: {
    hours: [
      ['08:00', '12:00'],
      ['14:00', '18:00'],
    ],
    days: [1, 2, 3, 4, 5],
    holidays: [],
    makeUpDays: [],
  },
};

const basis = [{ src: 'bench', status: 'proposal' }];
const text = (en: string) => ({ zh: en, en });
const item = (code: string, deviceType: string, leadDepartment: string, rules: object[], clock = 'continuous') => ({
  code,
  ...(code.startsWith('G05') && { hazard: 'gas' }),
  name: text(code),
  standard: { text: 'bench', provenance: 'illustrative', source: null },
  problem: 'bench',
  leadDepartment,
  deviceType,
  ...(leadDepartment === 'gas' && { hazard: 'gas' }),
  rules: rules.map((rule) => ({ title: text((rule as { id: string }).id), basis, ...rule })),
  timeLimit: { ackMin: 5, arriveMin: 30, makeSafeMin: null, closeH: 8, clock, basis },
});

const hiding = (id: string, scope: string, because: object, hides: object) => ({
  id,
  title: text(id),
  because,
  hides,
  scope,
  basis,
});

/** The levels of a restaurant's leak alarm, a regulator's pressures, bins and lamps: one rule of each kind. */
export const benchCatalogue: Catalogue = catalogueSchema.parse({
  title: text('bench catalogue'),
  version: '0-bench',
  warning: text('invented'),
  suppressions: [
    hiding('gateway-down', 'behind-gateway', { gateway: 'down' }, { kinds: ['absence'] }),
    hiding('carrier-silent', 'mounted-on', { silent: '*' }, { kinds: ['absence'] }),
    hiding(
      'row-dark',
      'same-circuit',
      { active: 'C04-07.dark' },
      { measurements: ['pole.lampFailure', 'pole.lampCycling'] },
    ),
    hiding(
      'lamp-off',
      'same-device',
      {
        condition: {
          expr: '!sun.dark || (has(r.pole.dimLevel) && r.pole.dimLevel == 0.0)',
          text: text('by day, or dimmed to nothing'),
        },
      },
      { rules: ['C04-07.lamp-cycling'] },
    ),
  ],
  domains: [
    {
      code: 'G',
      name: text('safety'),
      categories: [
        {
          code: 'G05',
          name: text('gas'),
          status: 'topic-named',
          sourceWords: 'bench',
          sources: [],
          items: [
            item('G05-14', 'gas-alarm-commercial', 'gas', [
              {
                id: 'com-l1',
                title: { zh: '一级报警', en: 'Level 1' },
                kind: 'threshold',
                measurement: 'alarm.ch4',
                op: '>=',
                limit: { value: 10, unit: '%{LEL}' },
                deadband: { value: 3, unit: '%{LEL}' },
                priority: 'P2',
                onDelayS: 10,
                offDelayS: 60,
                ladder: 'ch4',
              },
              {
                id: 'com-l2',
                title: { zh: '二级报警', en: 'Level 2' },
                kind: 'threshold',
                measurement: 'alarm.ch4',
                op: '>=',
                limit: { value: 40, unit: '%{LEL}' },
                deadband: { value: 5, unit: '%{LEL}' },
                priority: 'P1',
                offDelayS: 60,
                latched: true,
                ladder: 'ch4',
              },
              {
                id: 'com-valve',
                kind: 'state',
                measurement: 'alarm.valveState',
                op: '==',
                limit: { state: 'fault' },
                priority: 'P3',
                onDelayS: 60,
              },
              { id: 'silent', kind: 'absence', measurement: '*', afterS: 300, priority: 'P3' },
            ]),
            item('G05-02', 'underground-gas', 'gas', [
              {
                id: 'pit-gas',
                kind: 'threshold',
                measurement: 'ug.ch4Vol',
                op: '>=',
                limit: { value: 1, unit: '%{VOL}' },
                deadband: { value: 0.2, unit: '%{VOL}' },
                priority: 'P2',
              },
            ]),
            item('G05-01', 'gas-rtu', 'gas', [
              {
                id: 'pout-hh',
                kind: 'threshold',
                measurement: 'rtu.outletPressure',
                op: '>',
                limit: { expr: '1.20 * Ps', unit: 'kPa' },
                deadband: { expr: '0.02 * span', unit: 'kPa' },
                priority: 'P1',
                latched: true,
              },
              {
                id: 'ssv',
                kind: 'state',
                measurement: 'rtu.shutoffValveClosed',
                op: '==',
                limit: { flag: true },
                priority: 'P1',
                latched: true,
                when: { expr: 'records.workOrders == 0.0', text: text('no work order on the station') },
              },
              { id: 'dead', kind: 'stuck', measurement: 'rtu.flowTotal', windowS: 3600, priority: 'P4' },
            ]),
            item('G05-11', 'pipe-guard', 'gas', [
              {
                id: 'vibration',
                kind: 'count',
                measurement: 'guard.vibrationEvent',
                op: '>=',
                limit: { value: 3, unit: '1' },
                windowS: 600,
                priority: 'P2',
              },
            ]),
          ],
        },
      ],
    },
    {
      code: 'C',
      name: text('city'),
      categories: [
        {
          code: 'C04',
          name: text('bins and lamps'),
          status: 'topic-named',
          sourceWords: 'bench',
          sources: [],
          items: [
            item('C04-02', 'waste-bin', 'lights', [
              {
                id: 'heating',
                kind: 'rate',
                measurement: 'bin.temperature',
                op: '>=',
                limit: { value: 8, unit: 'Cel/min' },
                windowS: 180,
                priority: 'P1',
              },
              {
                id: 'moved',
                kind: 'threshold',
                measurement: 'bin.distanceFromHome',
                op: '>',
                limit: { value: 30, unit: 'm' },
                priority: 'P4',
              },
            ]),
            item('C04-07', 'smart-pole', 'lights', [
              {
                id: 'lamp-failure',
                kind: 'state',
                measurement: 'pole.lampFailure',
                op: '==',
                limit: { flag: true },
                priority: 'P4',
                when: { expr: 'sun.dark && r.pole.dimLevel > 0.0', text: text('dark, and commanded on') },
              },
              {
                id: 'lamp-cycling',
                kind: 'state',
                measurement: 'pole.lampCycling',
                op: '==',
                limit: { flag: true },
                priority: 'P4',
              },
              {
                id: 'dark',
                kind: 'threshold',
                measurement: 'road.consecutiveDark',
                op: '>=',
                limit: { value: 3, unit: '1' },
                priority: 'P3',
              },
            ]),
            item('C04-08', 'env-station', 'lights', [
              {
                id: 'dust',
                kind: 'threshold',
                measurement: 'env.pm10',
                op: '>',
                limit: { value: 150, unit: 'ug/m3' },
                windowS: 3600,
                priority: 'P3',
              },
            ]),
          ],
        },
      ],
    },
  ],
});

const patient = { id: 'silent', kind: 'absence', measurement: '*', afterS: 1e9, priority: 'P4' };
/** A catalogue of one item over devices of a type, for trying rules of a kind; silence is no matter there. */
export const catalogueOf = (deviceType: string, ...rules: object[]): Catalogue =>
  catalogueSchema.parse({
    ...benchCatalogue,
    domains: [
      {
        code: 'G',
        name: text('safety'),
        categories: [
          {
            code: 'G05',
            name: text('gas'),
            status: 'topic-named',
            sourceWords: 'bench',
            sources: [],
            items: [item('G05-01', deviceType, 'gas', [...rules, patient])],
          },
        ],
      },
    ],
  });

/** A device of the bench: `kitchen('k1', { site: 's1' })`. */
export const benchDevice = (id: string, type: string, more: Partial<Device> = {}): Device =>
  deviceSchema.parse({ id, type, name: id, lon: 112.6, lat: 26.9, gas: 'natural', gasUnit: '%{LEL}', ...more });
export const kitchen = (id: string, more: Partial<Device> = {}): Device =>
  benchDevice(id, 'gas-alarm-commercial', more);

/** `2026-11-23T10:00:05` in the bench city's zone, from `10:00:05`; a second day by `+1 03:00`. */
export function momentOf(text: string): number {
  const [day, time] = text.startsWith('+')
    ? [Number(text.slice(1, text.indexOf(' '))), text.slice(text.indexOf(' ') + 1)]
    : [0, text];
  const [h = 0, m = 0, s = 0] = time.split(':').map(Number);
  return Date.parse('2026-11-23T00:00:00+08:00') + day * 86_400_000 + ((h * 60 + m) * 60 + s) * 1000;
}

/** What an alarm looks like at a glance: `G05-14.com-l2 unack`. */
export const glance = (alarm: Alarm): string =>
  [
    alarm.rule,
    stateOf(alarm),
    ...(alarm.supersededBy ? ['superseded'] : []),
    ...(alarm.override ? [alarm.override.kind] : []),
    ...(alarm.lane === 'history' ? ['history'] : []),
  ].join(' ');

/** Who asks on the bench: two of the seat, its supervisor, and a script. */
export const bystanders = {
  mira: { id: 'u1', name: 'mira', via: 'page', role: 'duty' },
  noor: { id: 'u2', name: 'noor', via: 'page', role: 'duty' },
  lin: { id: 'u3', name: 'lin', via: 'page', role: 'supervisor' },
  script: { id: 'token:1', name: 'script', via: 'token', role: 'admin' },
} as const satisfies Record<string, Actor>;

type Undated<T> = T extends unknown ? Omit<T, 'at'> : never;

export interface Records {
  devices: Device[];
  sites?: Site[];
  gateways?: Gateway[];
  beside?: BesideListed;
}

/**
 * An engine on a bench, in a day that is set by hand. Readings move the clock; `passes` lets ticks come once a second, as
 * ingest writes them; `blindUntil` lets none come.
 */
export function engineBench(
  records: Records,
  begins = '10:00',
  {
    catalogue: standards = benchCatalogue,
    city = benchCity,
    incidents: joining,
    ...options
  }: {
    reAlarmMs?: number;
    duties?: () => Duties;
    standards?: readonly StandardsVersion[];
    catalogue?: Catalogue;
    city?: City;
    incidents?: City['incidents'];
  } = {},
) {
  const catalogue = compileCatalogue(standards, deviceTypes, city.platformDepartment);
  const ofCity = { ...city, ...(joining && { incidents: joining }) };
  let stored: readonly StandardsVersion[] | undefined;
  const make = (): Engine => {
    const known = stored ? { standards: stored } : {};
    const base = { catalogue, city: ofCity, types: deviceTypes, version: '0-bench' };
    const engine = createEngine({ ...base, ...known, ...options });
    engine.load({
      devices: records.devices,
      sites: records.sites ?? [],
      gateways: records.gateways ?? [],
      beside: records.beside ?? {},
      version: 0,
    });
    return engine;
  };
  let engine = make();
  let now = momentOf(begins);
  let position = 0;
  let held = 0;
  const rows = new Map<string, Alarm>();
  const events: AlarmEvent[] = [];
  const derived: TelemetryEntry[] = [];
  const journal: JournalEntry[][] = [];
  const snapshots = new Map<string, StateRow>();
  let asked = 0;
  /** As the database would keep them. */
  const standing = new Map<string, StandingOverride>();
  const asks = new Map<string, OverrideAsk>();
  const pointOf = ({ device, rule, override }: StandingOverride) => `${device} ${rule} ${override.kind}`;
  const incidents = new Map<string, Incident>();
  const members = new Map<string, IncidentMember>();
  const history: IncidentEvent[] = [];
  const tickets = new Map<string, Ticket>();
  const ticketSteps: TicketStep[] = [];
  const hazards = new Map<string, HazardEntry>();
  const hazardSteps: HazardStep[] = [];
  const looks: HazardLook[] = [];
  const campaigns = new Map<string, Campaign>();
  const visits = new Map<string, Visit>();
  const visitSteps: VisitStep[] = [];
  const collect = (effects: ReturnType<Engine['take']>) => {
    for (const alarm of effects?.alarms ?? []) rows.set(alarm.id, alarm);
    events.push(...(effects?.events ?? []));
    derived.push(...(effects?.derived ?? []));
    for (const one of effects?.overrides?.gone ?? []) standing.delete(pointOf(one));
    for (const one of effects?.overrides?.put ?? []) standing.set(pointOf(one), one);
    for (const id of effects?.overrides?.answered ?? []) asks.delete(id);
    for (const ask of effects?.overrides?.asked ?? []) asks.set(ask.id, ask);
    for (const incident of effects?.incidents?.incidents ?? []) incidents.set(incident.id, incident);
    for (const member of effects?.incidents?.members ?? []) members.set(member.alarm, member);
    history.push(...(effects?.incidents?.events ?? []));
    for (const ticket of effects?.tickets?.tickets ?? []) tickets.set(ticket.id, ticket);
    ticketSteps.push(...(effects?.tickets?.steps ?? []));
    for (const hazard of effects?.hazards?.hazards ?? []) hazards.set(hazard.id, hazard);
    hazardSteps.push(...(effects?.hazards?.steps ?? []));
    looks.push(...(effects?.hazards?.looks ?? []));
    for (const campaign of effects?.campaigns?.campaigns ?? []) campaigns.set(campaign.id, campaign);
    for (const visit of effects?.campaigns?.visits ?? []) visits.set(visit.id, visit);
    visitSteps.push(...(effects?.campaigns?.steps ?? []));
  };
  const give = (...entries: JournalEntry[]) => {
    journal.push(entries);
    collect(engine.take({ position: ++position, entries }));
  };
  const passTo = (until: number) => {
    for (; now + 1000 <= until; ) {
      now += 1000;
      give({ kind: 'tick', at: now });
    }
    now = until;
  };
  give({ kind: 'tick', at: now });
  const bench = {
    /** Lets time pass up to `time`, second by second. */
    passes: (time: string) => passTo(momentOf(time)),
    /** At `time`, `device` reports `values`; `more` says what else stands in the entry. */
    reads(time: string, device: string, values: Record<string, Value>, more: Partial<TelemetryEntry> = {}) {
      passTo(momentOf(time));
      give({ kind: 'telemetry', device, at: now, received: now, source: 'mqtt', values, ...more });
    },
    /** At `time`, an old reading of `at` arrives. */
    readsLate(
      time: string,
      at: string,
      device: string,
      values: Record<string, Value>,
      more: Partial<TelemetryEntry> = {},
    ) {
      bench.reads(time, device, values, { at: momentOf(at), historical: true, ...more });
    },
    /** At `time`, a device says something of itself. */
    says(time: string, device: string, values: Record<string, unknown>) {
      passTo(momentOf(time));
      give({ kind: 'attributes', device, received: now, values });
    },
    connection(time: string, subject: string, state: 'up' | 'down') {
      passTo(momentOf(time));
      give({ kind: 'connection', subject, state, at: now });
    },
    /** At `time`, somebody reports a condition. */
    condition(time: string, entry: Omit<ConditionEntry, 'kind'>) {
      passTo(momentOf(time));
      give({ kind: 'condition', ...entry });
    },
    /** At `time`, a gateway tells of an alarm it raised alone. */
    edgeAlarm(time: string, entry: Omit<EdgeAlarmEntry, 'kind' | 'gateway' | 'alarm'>) {
      passTo(momentOf(time));
      const { device, rule, since } = entry;
      give({ kind: 'edge-alarm', gateway: 'g1', alarm: alarmId(device, rule, since), ...entry });
    },
    registry(time: string, change: Undated<RegistryChange>) {
      passTo(momentOf(time));
      give({ kind: 'registry', change: { ...change, at: now } as RegistryChange });
    },
    /** At `time`, the journal tells of another version of the standards. */
    standards(time: string, version: StandardsVersion) {
      passTo(momentOf(time));
      give({ kind: 'standards', at: now, version });
    },
    /** What the database holds as approved when the process starts next. */
    knows(versions: readonly StandardsVersion[]) {
      stored = versions;
    },
    /** Nothing is written until `time`: ingest is down. */
    blindUntil(time: string) {
      now = momentOf(time) - 1000;
      passTo(momentOf(time));
    },
    acknowledges(time: string, id: string) {
      passTo(momentOf(time));
      // As the worker does whenever it writes.
      engine.refreshOpen();
      const told = engine.desk.acknowledge(id, 'mira', now, null);
      collect(engine.pending());
      return told;
    },
    /** At `time`, somebody asks for something at the desk, by default Mira of the duty seat. */
    asks(time: string, wanted: Record<string, unknown>, actor: Actor = bystanders.mira) {
      passTo(momentOf(time));
      engine.refreshOpen();
      const command = commandSchema.parse({ id: `command-${++asked}`, actor, at: now, ...wanted });
      const judged = [...rows.values()];
      const personOf = options.duties?.().personOf ?? (() => undefined);
      const work = executeOnDesk({ engine, policy: benchCity.alarmPolicy, personOf, judged, sample: null }, command)!;
      collect(engine.pending());
      return work;
    },
    resets(time: string, id: string) {
      passTo(momentOf(time));
      const told = engine.desk.reset(id, 'mira', now, null);
      collect(engine.pending());
      return told;
    },
    /** Takes snapshots as the database would keep them: a part of at most `limit` units. Returns up to where they hold. */
    keeps(limit = Number.POSITIVE_INFINITY) {
      const { rows, heldTo } = engine.snapshot(limit);
      for (const row of rows) snapshots.set(row.device, row);
      held = heldTo ?? held;
      return held;
    },
    /** The process dies and starts again: state from snapshots, the rest judged again in silence. */
    restarts(heldTo: number) {
      const laid = { standing: [...standing.values()], asked: [...asks.values()] };
      engine = make();
      engine.overrides.load(laid.standing, laid.asked);
      engine.restore(snapshots.values());
      engine.desk.load(
        [...rows.values()].filter((a) => a.closedAt === null),
        events.length,
      );
      const open = [...incidents.values()].filter(({ closedAt }) => closedAt === null);
      engine.incidents.load({
        incidents: open,
        members: [...members.values()].filter((m) => incidents.get(m.incident)?.closedAt === null),
        lastSeq: Math.max(0, ...[...incidents.values()].map(({ seq }) => seq)),
        lastEvent: history.length,
      });
      engine.tickets.load({
        tickets: [...tickets.values()],
        lastSeq: ticketSteps.length,
        lastNo: [...tickets.values()].at(-1)?.no ?? null,
      });
      engine.hazards.load({
        hazards: [...hazards.values()].filter((one) => isHazardOpen(one) || causeOf(one) !== null),
        past: [...hazards.values()].filter(({ stage }) => stage === 'closed'),
        lastSeq: hazardSteps.length,
        lastNo: [...hazards.values()].at(-1)?.no ?? null,
        lastLook: looks.at(-1) ?? null,
      });
      engine.campaigns.load({
        campaigns: [...campaigns.values()].filter(({ stage }) => stage === 'running'),
        visits: [...visits.values()].filter(isVisitOpen),
        lastSeq: visitSteps.length,
      });
      for (let p = heldTo + 1; p <= position; p++) engine.replay({ position: p, entries: journal[p - 1]! });
      engine.found();
    },
    /** Every alarm there is, by its latest row, at a glance. */
    get shows() {
      return [...rows.values()].filter((a) => a.closedAt === null).map(glance);
    },
    alarm: (rule: string) => [...rows.values()].filter((a) => a.rule === rule).at(-1),
    alarms: () => [...rows.values()],
    told: () => events.map((e) => `${e.kind} ${rows.get(e.alarm)?.rule}`),
    /** Incidents as the database would hold them, and who is in them. */
    incidents: () => [...incidents.values()],
    members,
    history,
    /** Tickets as the database would hold them, and their histories. */
    tickets: () => [...tickets.values()],
    ticketSteps,
    /** Hazards, campaigns and visits as the database would hold them, and their histories. */
    hazards: () => [...hazards.values()],
    hazardSteps,
    looks,
    campaigns: () => [...campaigns.values()],
    visits: () => [...visits.values()],
    visitSteps,
    derived,
    events,
    journal,
    get engine() {
      return engine;
    },
  };
  return bench;
}
