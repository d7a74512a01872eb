import { z } from 'zod';
import { headsSchema } from '../../devices/audit/audit-head.ts';
import type { Alarm, AlarmEvent } from '../../devices/contract/alarm.ts';
import type {
  AlarmBody,
  AlarmsBody,
  AuditBody,
  AuditHeadsBody,
  BiogasBody,
  CityBody,
  ClocksBody,
  DeviceBody,
  DevicesBody,
  LedgerBody,
  Me,
  OverridesBody,
  PhotoBody,
  PrecisionBody,
  ProposalsBody,
  QuarantineBody,
  ReadingsBody,
  ReadingsListBody,
  SiteContactsBody,
  StandardsBody,
  StandardsDiffBody,
  StandardsVersionBody,
  UnownedBody,
  VerdictsBody,
  VersionsBody,
} from '../../devices/contract/api.ts';
import {
  crewSchema,
  permitSchema,
  pipeSchema,
  protectionPlanSchema,
  valveSchema,
  workOrderSchema,
} from '../../devices/contract/beside.ts';
import { catalogueSchema } from '../../devices/contract/catalogue.ts';
import { ceilingSchema } from '../../devices/contract/ceiling.ts';
import { citySchema } from '../../devices/contract/city.ts';
import type { CommandOutcome } from '../../devices/contract/command.ts';
import { contactSchema } from '../../devices/contract/contact.ts';
import { overlaySchema } from '../../devices/contract/overlay.ts';
import type { OverrideAsk } from '../../devices/contract/overrides.ts';
import type { Quarantined } from '../../devices/contract/quarantine.ts';
import { deviceSchema, gatewaySchema, siteSchema } from '../../devices/contract/registry.ts';
import { actorRoles } from '../../devices/contract/roles.ts';
import type { StandardsProposal } from '../../devices/contract/standards.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import type { SignInRecord } from './accounts/account-audit.ts';
import {
  bilingual,
  clause,
  hazard,
  marks,
  outOfService,
  override,
  priority,
  refusal,
  shelf,
  time,
  value,
  verdictKind,
} from './body-parts.ts';
import { dutyBodies } from './duty-bodies.ts';
import { kpisBody } from './kpi/body.ts';
import { noticesBody } from './notices/body.ts';
import { ruleBodies } from './rule-bodies.ts';
import { ticketBodies, ticketRef } from './ticket-bodies.ts';

/**
 * The answers of the API, for its document. The compiler holds each against the type it describes (`devices/contract`), a
 * test holds each against what the server really answers.
 */
const verdict = z.object({
  kind: verdictKind,
  by: z.string(),
  at: time,
  evidence: z.string(),
});
const blindness = z
  .object({
    devices: z.number(),
    byType: z.array(z.object({ type: z.string(), count: z.number() })).readonly(),
    unprotected: z.array(z.object({ kind: z.string(), count: z.number() })).readonly(),
    hidden: z.number(),
  })
  .describe('what nobody watches while the alarm stands');

export const alarmSchema = z
  .object({
    id: z.string().describe('<device>/<item>.<rule>/<time of the first abnormal sample>; never changes'),
    device: z.string(),
    deviceName: z.string(),
    deviceType: z.string(),
    site: z.string().nullable(),
    siteName: z.string().nullable(),
    area: z.string().nullable(),
    lon: z.number(),
    lat: z.number(),
    rule: z.string(),
    measurement: z.string(),
    priority,
    severity: z.number().describe('OPC UA severity'),
    active: z.boolean(),
    acked: z.boolean(),
    latched: z.boolean(),
    overrides: z.array(override).readonly().describe('strongest first'),
    override: override.nullable(),
    hazard: hazard.nullable(),
    firstOut: z.boolean(),
    incident: z.string().nullable(),
    verdict: verdict.nullable(),
    marks,
    blind: blindness.nullable(),
    lane: z.enum(['live', 'history']),
    needsVerdict: z.boolean(),
    supersededBy: z.string().nullable(),
    since: time,
    raisedAt: time,
    returnedAt: time.nullable(),
    ackedAt: time.nullable(),
    ackedBy: z.string().nullable(),
    closedAt: time.nullable(),
    value: value.nullable(),
    lastValue: value.nullable(),
    lastAt: time.nullable(),
    lastQuality: z.number().describe('OPC UA status code, 0 = good'),
    doubts: z.array(
      z.enum([
        'out-of-range',
        'too-steep',
        'not-a-number',
        'clock-in-future',
        'clock-in-past',
        'clock-in-seconds',
        'clock-eight-hours-off',
      ]),
    ),
    op: z.string().nullable(),
    limit: value.nullable(),
    unit: z.string().describe('UCUM'),
    explanation: bilingual,
    clause,
    deadlines: z.object({
      ack: time.nullable(),
      arrive: time.nullable(),
      makeSafe: time.nullable(),
      close: time.nullable(),
      clock: z.enum(['continuous', 'working']),
    }),
    demo: z.boolean(),
    drill: z.string().optional().describe('the drill it belongs to; left out for what is real'),
    seq: z.number(),
  })
  .meta({ id: 'Alarm' }) satisfies z.ZodType<Alarm>;

const alarmEvent = z.object({
  seq: z.number(),
  alarm: z.string(),
  at: time,
  kind: z.enum([
    'raised',
    'reraised',
    'returned',
    'acknowledged',
    'reset',
    'superseded',
    'closed',
    'note',
    'asked',
    'shelved',
    'unshelved',
    'out-of-service',
    'in-service',
    'judged',
  ]),
  actor: z.string().nullable(),
  note: z.string().nullable(),
}) satisfies z.ZodType<AlarmEvent>;

const quarantined = z
  .object({
    id: z.number(),
    received: time,
    client: z.string(),
    device: z.string().nullable(),
    topic: z.string(),
    code: z.enum([
      'not-json',
      'wrong-shape',
      'unknown-device',
      'not-behind-this-gateway',
      'unknown-measurement',
      'wrong-type',
      'too-large',
      'unknown-topic',
      'rate-limited',
      'unmapped-metric',
      'unsupported',
    ]),
    reason: bilingual,
    payload: z.string().describe('base64, cut at 64 KiB; `size` is the true length'),
    size: z.number(),
    readmitted: z.number().nullable().describe('when it was let in after a fix, ms; null while it is refused'),
    tried: z.number().nullable().describe('when it was last judged again, ms'),
  })
  .meta({ id: 'Quarantined' }) satisfies z.ZodType<Quarantined>;

const deviceType = z
  .object({
    id: z.string(),
    title: bilingual,
    layer: z.enum(['gas', 'lighting', 'sanitation', 'water', 'environment', 'traffic', 'safety', 'people']),
    measuresGas: z.literal(true).optional(),
    source: z.string().optional(),
    measurements: z.record(
      z.string(),
      z.object({
        title: bilingual,
        kind: z.enum(['number', 'boolean', 'text']),
        unit: z.string().describe('UCUM'),
        range: z.tuple([z.number(), z.number()]).readonly().optional(),
        maxPerMinute: z.number().optional(),
        states: z.record(z.string(), bilingual).optional(),
        everyMs: z.number().optional(),
        derived: z.literal(true).optional(),
        combustible: z.literal(true).optional(),
        tells: z
          .enum(['methane', 'ethane', 'temperature', 'demand', 'pressure', 'rain', 'knocks', 'cover-open'])
          .optional()
          .describe('what it tells about gas in an underground space; a type that has methane sits in one'),
      }),
    ),
  })
  .meta({ id: 'DeviceType' });
// Units are a closed list in our types and any UCUM code in the document.
deviceType satisfies z.ZodType<Omit<DeviceType, 'measurements'>>;

const device = deviceSchema
  .extend({
    siteRecord: siteSchema.optional(),
    gatewayRecord: gatewaySchema.optional(),
    lastAt: time.nullable(),
    stale: z.boolean(),
    values: z
      .record(z.string(), z.tuple([value, z.number(), z.number()]).readonly())
      .describe('measurement → [value, source time ms, OPC UA status]'),
    attributes: z.record(z.string(), z.unknown()),
    clock: z
      .object({ skewMs: z.number().describe('ahead, ms'), at: time })
      .nullable()
      .optional()
      .describe('as measured, for one device only; null while too little was heard'),
  })
  .meta({ id: 'DeviceWithValues' }) satisfies z.ZodType<DeviceBody>;

const readings = z
  .object({
    device: z.string(),
    measurement: z.string(),
    unit: z.string().describe('UCUM'),
    from: time,
    to: time,
    samples: z.array(z.tuple([z.number(), value, z.number()]).readonly()).describe('[time ms, value, OPC UA status]'),
    limits: z.array(z.object({ rule: z.string(), title: bilingual, priority, op: z.string(), value: z.number() })),
    count: z.number().describe('readings in the range, before thinning'),
    thinned: z.boolean(),
    resolutionMs: z
      .number()
      .describe('0: from the readings themselves; else from rollups of this width, times right to within it'),
    quality: z.object({ good: z.number(), uncertain: z.number(), bad: z.number() }).nullable(),
    first: time.nullable(),
    last: time.nullable(),
    gapMs: z.number().describe('longest silence that is normal; 0 where silence says nothing'),
    gaps: z.array(z.tuple([z.number(), z.number()]).readonly()).describe('silences longer than that: [from, to], ms'),
    moreGaps: z.boolean().describe('there were more gaps than are listed'),
  })
  .meta({ id: 'Readings' }) satisfies z.ZodType<ReadingsBody>;

export const page = <T extends z.ZodType>(item: T) => z.object({ total: z.number().int(), items: z.array(item) });

const overrideAsk = z
  .object({
    id: z.string(),
    device: z.string(),
    rule: z.string().nullable(),
    at: time,
    lapses: time,
    by: z.object({ id: z.string(), name: z.string(), role: z.enum(actorRoles) }),
    priority,
    hazard: hazard.nullable(),
    wants: z.union([
      z.object({ kind: z.literal('shelved'), minutes: z.number(), oneShot: z.boolean(), reason: z.string() }),
      z.object({
        kind: z.literal('out-of-service'),
        workOrder: z.string(),
        reason: z.string(),
        until: time.nullable(),
      }),
    ]),
  })
  .meta({ id: 'OverrideAsk' }) satisfies z.ZodType<OverrideAsk>;

const standardsChange = z.object({
  where: z.string().describe('`<item>.<rule>`, `<item>`, `overlay <id>`, `procedure <id>` or `catalogue`'),
  overlay: z.string().nullable().describe('the overlay under which it differs; null: everywhere'),
  field: z.string(),
  before: z.string().nullable().describe('as JSON; null where it was not there'),
  after: z.string().nullable().describe('as JSON; null where it is gone'),
  priority: priority.nullable(),
  urgent: z.boolean().describe('it touches how a P1 or P2 is judged: two people must stand behind it'),
});
const standardsAct = z.object({ id: z.string(), name: z.string(), at: time, reason: z.string() });
const standardsProposal = z
  .object({
    seq: z.number(),
    version: z.string(),
    base: z.number().describe('the approved version that it changes; 0 for the first'),
    by: standardsAct,
    fromFile: z.boolean().describe('found on disk: nobody stands behind it yet'),
    changes: z.array(standardsChange),
    needs: z.union([z.literal(1), z.literal(2)]).describe('people who must stand behind it'),
    approvals: z.array(standardsAct),
    rejection: standardsAct.nullable(),
    state: z.enum(['open', 'approved', 'rejected', 'overtaken']),
    from: time.nullable().describe('from when it judges; null while it is not approved'),
  })
  .meta({ id: 'StandardsProposal' }) satisfies z.ZodType<StandardsProposal>;

export const bodies = {
  ...ruleBodies,
  ...dutyBodies,
  ...ticketBodies,
  alarms: page(alarmSchema).extend({
    tickets: z.record(z.string(), ticketRef).describe('the tickets they are on, by alarm'),
  }) satisfies z.ZodType<AlarmsBody>,
  alarm: z.object({
    alarm: alarmSchema,
    events: z.array(alarmEvent),
    ticket: ticketRef.nullable(),
  }) satisfies z.ZodType<AlarmBody>,
  audit: z.object({
    items: z.array(
      z.object({
        seq: z.number(),
        at: time,
        type: z.string(),
        actor: z.string(),
        actorId: z.string(),
        via: z.string(),
        body: z.unknown(),
        outcome: z.unknown(),
        hash: z.string().describe('chains the next row to this one'),
      }),
    ),
  }) satisfies z.ZodType<AuditBody>,
  photo: z.object({
    hash: z.string().describe('its name in addresses and commands: the SHA-256 of the picture as it is kept'),
    width: z.number(),
    height: z.number(),
    bytes: z.number(),
    takenAt: time.nullable(),
    at: time,
    place: z
      .object({ lon: z.number(), lat: z.number(), exact: z.boolean().describe('false: to about a kilometre') })
      .nullable(),
  }) satisfies z.ZodType<PhotoBody>,
  auditHeads: headsSchema satisfies z.ZodType<AuditHeadsBody>,
  biogas: z.object({
    alarm: z.string(),
    asOf: time.describe('the moment it was judged for, ms since 1970 UTC'),
    advice: z.object({
      score: z.number().nullable().describe('0 a leak, 1 biogas; null: too little data. Advice only'),
      says: z.enum(['biogas', 'leak', 'unclear', 'too-little-data']),
      reasons: z
        .array(
          bilingual.extend({
            what: z.string(),
            weight: z.number().describe('log-odds: above 0 it speaks for biogas, below for a leak'),
          }),
        )
        .readonly(),
      because: bilingual.nullable(),
      wouldHelp: z.array(bilingual).readonly().describe('what would make it surer'),
      dataUsed: z.object({
        from: time.nullable(),
        to: time.nullable(),
        samples: z.number(),
        gaps: z.number(),
        gapHours: z.number(),
      }),
    }),
    model: z.string().describe('version of the model'),
  }) satisfies z.ZodType<BiogasBody>,
  city: z.object({
    city: citySchema,
    types: z.array(deviceType),
    demo: z
      .object({
        speed: z.number(),
        faults: z.array(z.object({ kind: z.string(), title: bilingual, expect: bilingual })),
      })
      .nullable(),
    version: z.string(),
    mapStyles: z.object({ light: z.string(), dark: z.string() }),
    mapboxToken: z.string().nullable(),
  }) satisfies z.ZodType<Omit<CityBody, 'types'>>,
  device: device,
  devices: page(device) satisfies z.ZodType<DevicesBody>,
  gateways: page(gatewaySchema),
  kpis: kpisBody,
  notices: noticesBody,
  me: z.object({
    name: z.string(),
    displayName: z.string(),
    role: z.string(),
    csrf: z.string(),
  }) satisfies z.ZodType<Me>,
  clocks: z.object({
    measured: z.number(),
    off: z.number(),
    worst: z.array(z.object({ device: z.string(), skewMs: z.number().describe('ahead, ms'), at: time })),
  }) satisfies z.ZodType<ClocksBody>,
  ledger: z.object({
    today: z.string().describe('YYYY-MM-DD in the city’s zone'),
    items: z.array(
      z.object({
        device: z.string(),
        name: z.string(),
        type: z.string(),
        model: z.string().nullable(),
        site: z.string().nullable(),
        area: z.string().nullable(),
        kind: z.enum(['expiry', 'calibration']),
        due: z.string().nullable().describe('the last good day; null where the registry does not say enough'),
        days: z.number().nullable().describe('left; negative when overdue'),
        state: z.enum(['overdue', 'due', 'unknown']),
      }),
    ),
  }) satisfies z.ZodType<LedgerBody>,
  overrides: z.object({
    standing: z.array(
      z.object({
        device: z.string(),
        rule: z.string().nullable().describe('null: the whole device'),
        at: time,
        override: z.union([shelf, outOfService]),
      }),
    ),
    asked: z.array(overrideAsk),
    hidden: z.object({ shelved: z.number(), outOfService: z.number(), suppressed: z.number() }),
  }) satisfies z.ZodType<OverridesBody>,
  unowned: z.object({
    count: z.number(),
    worst: priority.nullable(),
    alarms: z.array(z.string()).readonly(),
  }) satisfies z.ZodType<UnownedBody>,
  verdicts: z.object({
    items: z.array(
      verdict.extend({
        seq: z.number(),
        alarm: z.string(),
        device: z.string(),
        rule: z.string(),
        incident: z.string().nullable(),
      }),
    ),
  }) satisfies z.ZodType<VerdictsBody>,
  precision: z.object({
    by: z.enum(['model', 'site', 'rule']),
    items: z.array(
      z.object({
        name: z.string(),
        verdicts: z.number(),
        counts: z.record(z.string(), z.number()).describe('verdicts by kind'),
        tooFew: z.boolean().describe('fewer than five: no figure'),
        precision: z.number().nullable().describe('share that was real'),
      }),
    ),
  }) satisfies z.ZodType<PrecisionBody>,
  outcome: z.object({
    done: z.literal(true),
    changed: z.array(z.string()),
    refused: z.array(refusal.extend({ id: z.string() })).optional(),
    pending: z.literal(true).optional(),
    asked: z.array(overrideAsk).readonly().optional().describe('waits for a second person'),
  }) satisfies z.ZodType<CommandOutcome>,
  quarantine: z.object({ items: z.array(quarantined) }) satisfies z.ZodType<QuarantineBody>,
  readings: z.union([readings, z.object({ from: time, to: time, series: z.array(readings) })]) satisfies z.ZodType<
    ReadingsBody | ReadingsListBody
  >,
  signIns: z.object({
    items: z.array(
      z.object({
        at: time,
        account: z.string(),
        address: z.string(),
        outcome: z.enum(['in', 'claimed', 'wrong', 'locked', 'out']),
      }),
    ),
  }) satisfies z.ZodType<{ items: readonly SignInRecord[] }>,
  sites: page(siteSchema),
  valve: page(valveSchema),
  pipe: page(pipeSchema),
  crew: page(crewSchema),
  contact: page(contactSchema),
  siteContacts: z.object({
    items: z
      .array(z.object({ contact: contactSchema, now: z.boolean().describe('can be reached at this hour') }))
      .readonly(),
    text: z.string().nullable().describe('what the site’s record says in words'),
  }) satisfies z.ZodType<SiteContactsBody>,
  'work-order': page(workOrderSchema),
  permit: page(permitSchema),
  'protection-plan': page(protectionPlanSchema),
  standards: z.object({
    catalogue: catalogueSchema,
    overlays: z.array(overlaySchema),
    ceilings: z.array(ceilingSchema).describe('what no limit may exceed, with its scope'),
    inForce: z
      .object({ seq: z.number(), from: time, to: time.nullable() })
      .nullable()
      .describe('the approved version that this is'),
    open: z.record(z.string(), z.number()),
  }) satisfies z.ZodType<StandardsBody>,
  versions: z.object({
    items: z.array(
      z.object({
        seq: z.number(),
        version: z.string(),
        title: bilingual,
        from: time,
        to: time.nullable(),
        inForce: z.boolean(),
      }),
    ),
  }) satisfies z.ZodType<VersionsBody>,
  standardsVersion: z.object({
    proposal: standardsProposal,
    text: z.object({
      catalogue: z.string().describe('YAML'),
      overlays: z.array(z.object({ name: z.string(), text: z.string() })),
    }),
  }) satisfies z.ZodType<StandardsVersionBody>,
  standardsDiff: z.object({ changes: z.array(standardsChange) }) satisfies z.ZodType<StandardsDiffBody>,
  proposals: z.object({ items: z.array(standardsProposal) }) satisfies z.ZodType<ProposalsBody>,
  started: z.object({ started: z.string() }),
  sent: z.object({ sent: z.literal(true), quarantined: quarantined.optional() }),
} as const;
