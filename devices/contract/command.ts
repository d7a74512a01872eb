import { z } from 'zod';
import { credentialSchema, deviceSchema, gatewaySchema, siteSchema } from './registry.ts';

/** Who asks: a person's account, an API token, the command line, or the demonstration. */
export const actorSchema = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  via: z.enum(['page', 'token', 'cli', 'demo', 'system']),
});
export type Actor = z.infer<typeof actorSchema>;

const envelope = {
  /** Chosen by the sender; the same id again gives the same outcome and changes nothing. */
  id: z.string().min(8).max(100),
  actor: actorSchema,
  /** When it was asked, on the platform's clock, ms. */
  at: z.number(),
};

export const registryPutSchema = z.object({
  devices: z.array(deviceSchema).default([]),
  sites: z.array(siteSchema).default([]),
  gateways: z.array(gatewaySchema).default([]),
  credentials: z.array(credentialSchema).default([]),
});
export type RegistryPut = z.infer<typeof registryPutSchema>;

/** Everything that a person or script may ask of the platform. `rules` alone carries it out, and audits it. */
export const commandSchema = z.discriminatedUnion('type', [
  z.object({
    ...envelope,
    type: z.literal('acknowledge'),
    alarms: z.array(z.string()).min(1).max(1000),
    note: z.string().max(2000).optional(),
  }),
  z.object({ ...envelope, type: z.literal('reset'), alarm: z.string(), note: z.string().max(2000).optional() }),
  z.object({ ...envelope, type: z.literal('registry.put'), put: registryPutSchema }),
  z.object({
    ...envelope,
    type: z.literal('registry.remove'),
    kind: z.enum(['device', 'site', 'gateway', 'credential']),
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
    }
  | { readonly refused: Refusal };

/** How commands reach `rules`: a function in one process, authenticated HTTP across processes. */
export type CommandPort = (command: Command) => Promise<CommandOutcome>;
