import { z } from 'zod';
import type { Fault } from '../registry/fault.ts';
import { verdictKinds } from './alarm.ts';
import { crewSchema, permitSchema, pipeSchema, protectionPlanSchema, valveSchema, workOrderSchema } from './beside.ts';
import { campaignDraftSchema, sampleVisitsFields, visitStepSchema } from './campaign.ts';
import { limitSchema } from './catalogue.ts';
import { contactSchema } from './contact.ts';
import { drillCommands } from './drill.ts';
import { dutyRecordsSchema } from './duty.ts';
import { type DutyRecordKind, dutyRecordKinds } from './duty-kinds.ts';
import { hazardReportSchema, hazardStepSchema } from './hazard.ts';
import type { OverrideAsk } from './overrides.ts';
import { pushBrowserFields } from './push.ts';
import { credentialSchema, deviceSchema, gatewaySchema, siteSchema } from './registry.ts';
import { actorRoles } from './roles.ts';
import { supervisionCommands } from './supervision-command.ts';
import { personStepSchema, reportSchema } from './ticket.ts';
import { endWatchFields, handOverFields, signOffFields, takeOverFields } from './watch.ts';

/** Who asks: a person's account, an API token, the command line, or the demonstration. */
export const actorSchema = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  via: z.enum(['page', 'token', 'cli', 'demo', 'system']),
  role: z.enum(actorRoles),
});
export type Actor = z.infer<typeof actorSchema>;

const envelope = {
  /** Chosen by the sender; the same id again gives the same outcome and changes nothing. */
  id: z
    .string()
    .min(8)
    .max(100)
    .regex(/^[^\p{Cc}]+$/u, 'an id of a command has no control characters'),
  actor: actorSchema,
  /** When it was asked, on the platform's clock, ms. */
  at: z.number(),
};

const reason = z.string().trim().min(2).max(500);
export const pointFields = {
  device: z.string().min(1),
  /** The rule of the point; null for a whole device, which only out of service knows. */
  rule: z.string().min(1).nullable(),
};
/** What a shelf is asked for with. */
export const shelfFields = {
  minutes: z.number().int().min(1).max(43_200),
  oneShot: z.boolean().default(false),
  reason,
};
/** What a point or a whole device is taken out of service with. */
export const serviceFields = {
  ...pointFields,
  workOrder: z.string().trim().min(1).max(100),
  reason,
  /** When it ends by itself, ms; null: when somebody returns it to service. */
  until: z.number().int().nullable().default(null),
};
/** Some words, of letters or digits in any script: a dash is no evidence. */
export const evidence = z
  .string()
  .trim()
  .max(2000)
  .refine((text) => (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 4, {
    error: 'say in a few words what the verdict rests on',
    params: { zh: '请写明依据（至少 4 个字）' },
  });
/** What a verdict is of: alarms by id, open or closed, or all of an incident. */
export const judgedSchema = z.union([
  z.object({ alarms: z.array(z.string()).min(1).max(1000) }),
  z.object({ incident: z.string().min(1) }),
]);

export const registryPutSchema = z.object({
  devices: z.array(deviceSchema).default([]),
  sites: z.array(siteSchema).default([]),
  gateways: z.array(gatewaySchema).default([]),
  credentials: z.array(credentialSchema).default([]),
  valves: z.array(valveSchema).optional(),
  pipes: z.array(pipeSchema).optional(),
  crews: z.array(crewSchema).optional(),
  contacts: z.array(contactSchema).optional(),
  workOrders: z.array(workOrderSchema).optional(),
  permits: z.array(permitSchema).optional(),
  protectionPlans: z.array(protectionPlanSchema).optional(),
});
export type RegistryPut = z.infer<typeof registryPutSchema>;

/** The new figures of one rule; `null` takes the deadband away. */
export const ruleEditSchema = z
  .strictObject({
    limit: limitSchema.optional(),
    deadband: limitSchema.nullable().optional(),
    onDelayS: z.number().min(0).optional(),
    offDelayS: z.number().min(0).optional(),
    priority: z.enum(['P1', 'P2', 'P3', 'P4']).optional(),
  })
  .refine((edit) => Object.keys(edit).length > 0, { error: 'name at least one figure' });
export type RuleEdit = z.infer<typeof ruleEditSchema>;

/** Either other standards as a whole, or other figures of one rule. */
export const standardsWantedSchema = z.union([
  z.strictObject({
    catalogue: z.string().min(1).max(8_000_000),
    /** By file name; left out, the overlays stay as they are. */
    overlays: z
      .array(z.strictObject({ name: z.string().max(200), text: z.string().max(2_000_000) }))
      .max(500)
      .optional(),
  }),
  z.strictObject({
    item: z.string(),
    rule: z.string(),
    set: ruleEditSchema,
    /** In this overlay only. */
    overlay: z.string().optional(),
  }),
]);
export type StandardsWanted = z.infer<typeof standardsWantedSchema>;

/** What records of responsibility are written with. */
export const dutyPutFields = {
  put: dutyRecordsSchema,
  /** Records that are not in it are taken away. */
  replace: z.boolean().optional(),
  /** Only says what would change, and what is wrong with it. */
  dryRun: z.boolean().optional(),
};
/** A record of responsibility by its kind and id. */
export const dutyRefSchema = z.object({
  kind: z.enum(dutyRecordKinds as [DutyRecordKind, ...DutyRecordKind[]]),
  id: z.string().min(1),
});

/** Everything that a person or script may ask of the platform. `rules` alone carries it out, and audits it. */
export const commandSchema = z.discriminatedUnion('type', [
  z.object({
    ...envelope,
    type: z.literal('acknowledge'),
    alarms: z.array(z.string()).min(1).max(1000),
    note: z.string().max(2000).optional(),
  }),
  z.object({ ...envelope, type: z.literal('reset'), alarm: z.string(), note: z.string().max(2000).optional() }),
  /** Hides alarms for a limited time. The shelf belongs to the point, device and rule, and outlasts the episode. */
  z.object({
    ...envelope,
    type: z.literal('shelve'),
    alarms: z.array(z.string()).min(1).max(100),
    ...shelfFields,
  }),
  z.object({ ...envelope, type: z.literal('unshelve'), ...pointFields }),
  /** Takes a point, or with a rule of null a whole device, out of service under a work order. */
  z.object({ ...envelope, type: z.literal('out-of-service'), ...serviceFields }),
  z.object({ ...envelope, type: z.literal('return-to-service'), ...pointFields }),
  /** The second person's yes or no to what somebody asked for. */
  z.object({ ...envelope, type: z.literal('confirm'), ask: z.string() }),
  z.object({ ...envelope, type: z.literal('decline'), ask: z.string(), note: z.string().max(500).optional() }),
  /** 研判: what it was, and what that rests on. Also of closed alarms; each verdict is kept, the newest counts. */
  z.object({ ...envelope, type: z.literal('judge'), of: judgedSchema, kind: z.enum(verdictKinds), evidence }),
  z.object({ ...envelope, type: z.literal('registry.put'), put: registryPutSchema }),
  z.object({
    ...envelope,
    type: z.literal('registry.remove'),
    kind: z.enum([
      'device',
      'site',
      'gateway',
      'credential',
      'valve',
      'pipe',
      'crew',
      'contact',
      'work-order',
      'permit',
      'protection-plan',
    ]),
    ids: z.array(z.string()).min(1),
  }),
  z.object({ ...envelope, type: z.literal('credential.revoke'), subject: z.string() }),
  /** Judges refused messages again after a fix: rows by id, or all that is still refused of one device or sender. */
  z.object({
    ...envelope,
    type: z.literal('quarantine.readmit'),
    which: z.union([
      z.object({ ids: z.array(z.number().int()).min(1).max(500) }),
      z.object({ device: z.string().min(1).max(256) }),
    ]),
  }),
  /** Asks for other standards. Takes effect at once where one person suffices, else when a second one approves. */
  z.object({
    ...envelope,
    type: z.literal('standards.propose'),
    wanted: standardsWantedSchema,
    reason,
    /** Not before this moment, ms. */
    from: z.number().optional(),
    /** Only says what would change, and what is wrong with it. */
    dryRun: z.boolean().optional(),
  }),
  z.object({
    ...envelope,
    type: z.literal('standards.approve'),
    proposal: z.number().int(),
    reason: reason.optional(),
  }),
  z.object({ ...envelope, type: z.literal('standards.reject'), proposal: z.number().int(), reason }),
  /** One step of a ticket: who, when, where, what. */
  z.object({ ...envelope, type: z.literal('ticket.step'), ticket: z.string().min(1), step: personStepSchema }),
  /** A matter that people report. The command's id names the report. */
  z.object({ ...envelope, type: z.literal('ticket.report'), report: reportSchema }),
  /** Writes records of responsibility: all of them, or none where one of them does not hold. */
  z.object({ ...envelope, type: z.literal('duty.put'), ...dutyPutFields }),
  z.object({ ...envelope, type: z.literal('duty.remove'), records: z.array(dutyRefSchema).min(1).max(5000) }),
  ...supervisionCommands(envelope),
  /** A hazard for the register. The command's id names it. */
  z.object({ ...envelope, type: z.literal('hazard.report'), report: hazardReportSchema }),
  z.object({ ...envelope, type: z.literal('hazard.step'), hazard: z.string().min(1), step: hazardStepSchema }),
  /** Looks for overbuilt pipes and unwatched sites now, and not only at the city's hour. */
  z.object({ ...envelope, type: z.literal('hazard.look') }),
  /** An inspection campaign. The command's id names it. */
  z.object({ ...envelope, type: z.literal('campaign.begin'), draft: campaignDraftSchema }),
  /** The visits of a drawn sample, which its run names. */
  z.object({ ...envelope, type: z.literal('campaign.sample'), ...sampleVisitsFields }),
  z.object({ ...envelope, type: z.literal('campaign.end'), campaign: z.string().min(1), reason }),
  z.object({ ...envelope, type: z.literal('visit.step'), visit: z.string().min(1), step: visitStepSchema }),
  /** Sends one person of the duty list a notice by the whole ladder of a priority, marked as a drill. */
  z.object({
    ...envelope,
    type: z.literal('notify.test'),
    person: z.string().min(1).max(200),
    priority: z.enum(['P1', 'P2', 'P3', 'P4']).default('P2'),
    /** To this browser of the person alone. */
    browser: z.string().min(1).max(100).optional(),
  }),
  /** A browser in which whoever asks wants to be told (web push). */
  z.object({ ...envelope, type: z.literal('notify.subscribe'), browser: z.object(pushBrowserFields) }),
  z.object({ ...envelope, type: z.literal('notify.unsubscribe'), browser: z.string().min(1).max(100) }),
  /** 值班: signs on to a seat at which nobody is. */
  z.object({ ...envelope, type: z.literal('watch.on'), seat: z.string().min(1) }),
  /** The first signature of a hand-over, by the one who goes; its note is drafted and frozen. */
  z.object({ ...envelope, type: z.literal('watch.hand-over'), ...handOverFields }),
  /** The second, by the one who comes: with it the watch passes, and the tickets as was decided. */
  z.object({ ...envelope, type: z.literal('watch.take-over'), ...takeOverFields }),
  /** Leaves a seat at which nobody need be at this hour. */
  z.object({ ...envelope, type: z.literal('watch.off'), ...signOffFields }),
  /** A supervisor ends the watch of somebody who cannot hand over. */
  z.object({ ...envelope, type: z.literal('watch.end'), ...endWatchFields }),
  /** 演练: begun, ended or broken off. */
  ...drillCommands(envelope),
]);
export type Command = z.infer<typeof commandSchema>;

/** Refusals carry a code for programs and a sentence in both languages for people. */
export interface Refusal {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

export type CommandOutcome =
  | {
      readonly done: true;
      readonly changed: readonly string[];
      readonly refused?: readonly (Refusal & { id: string })[];
      /** Committed, but the journal does not have the registry changes yet: gateways and doors learn of them a little later. */
      readonly pending?: true;
      /** What waits for a second person before it takes effect. */
      readonly asked?: readonly OverrideAsk[];
    }
  | {
      readonly refused: Refusal;
      /** Each thing that is wrong with the records of a refused command, where there are records. */
      readonly faults?: readonly Fault[];
    };

/** How commands reach `rules`: a function in one process, authenticated HTTP across processes. */
export type CommandPort = (command: Command) => Promise<CommandOutcome>;
