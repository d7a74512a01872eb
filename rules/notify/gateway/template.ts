import { z } from 'zod';
import type { Message } from '../channel.ts';
import { isNet } from '../outgoing/allowed-hosts.ts';
import type { Outgoing } from '../outgoing/post.ts';

/** What a template may name between double braces. */
const variables = ['to', 'title', 'text', 'content', 'speech', 'link', 'priority', 'key', 'short'] as const;
type Variable = (typeof variables)[number];

const pointer = z
  .string()
  .regex(/^(\/[^/]*)*$/, { error: '应为 JSON 指针，如 /data/id / give a JSON pointer like /data/id' });
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** How a gateway of SMS or voice is spoken to: any that takes one HTTP request a message. */
export const gatewaySchema = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT']).default('POST'),
    url: z.string().min(1),
    headers: z.record(z.string(), z.string()).default({}),
    /** Body in JSON: any structure, its texts filled in. */
    json: z.unknown().optional(),
    /** Body as a form. */
    form: z.record(z.string(), z.string()).optional(),
    success: z
      .strictObject({
        status: z.array(z.number().int()).min(1).default([200, 201, 202]),
        /** Where the answer says how it went; left out, the status alone tells. */
        pointer: pointer.optional(),
        equals: z.array(scalar).min(1).default([0, '0', 'OK', 'ok', true]),
      })
      .prefault({}),
    /** Where the answer names the message; delivery reports speak of it. */
    messageId: pointer.optional(),
    receipt: z
      .strictObject({
        /** Whoever tells of deliveries must know this: it is part of the address they are told at. */
        token: z.string().min(16),
        /** Addresses and nets from which reports are believed; left out, from anywhere with the token. */
        from: z
          .array(
            z.string().refine(isNet, {
              error: '应为 IP 地址或网段，如 203.0.113.0/24 / give an address or a net like 203.0.113.0/24',
            }),
          )
          .min(1)
          .optional(),
        /** Where the list of reports stands; left out, the body is one report or a list of them. */
        items: pointer.optional(),
        /** Our key or the gateway's id of the message. */
        id: pointer,
        status: pointer,
        delivered: z.array(scalar).min(1),
        failed: z.array(scalar).default([]),
        /** Why it failed. */
        reason: pointer.optional(),
        /** What the gateway wants to hear when its report was kept; left out, how many lines were. */
        answer: z.string().max(500).optional(),
      })
      .optional(),
  })
  .refine(({ json, form }) => json === undefined || form === undefined, {
    error: 'json 与 form 只能写一个 / write json or form, not both',
  })
  .superRefine((template, context) => {
    for (const name of namesIn(template)) {
      if (variables.includes(name as Variable)) continue;
      const message = `没有变量 {{${name}}}，可用：${variables.join('、')} / there is no {{${name}}}; there is ${variables.join(', ')}`;
      context.addIssue({ code: 'custom', message });
    }
  });
export type GatewayTemplate = z.infer<typeof gatewaySchema>;

const hole = /\{\{\s*(\w+)\s*\}\}/g;
const namesIn = (template: unknown): string[] =>
  [...JSON.stringify(template).matchAll(hole)].map(([, name]) => name ?? '');

/**
 * The request for one message. Each value is escaped for where it stands: percent-encoded in the address, as text in JSON, as a form
 * field; line breaks in a header become spaces.
 */
export function fillTemplate(template: GatewayTemplate, message: Message): Outgoing {
  const values = valuesOf(message);
  const fill = (text: string, safe: (value: string) => string = (value) => value) =>
    text.replace(hole, (_, name: Variable) => safe(values[name]));
  const headers = Object.fromEntries(
    Object.entries(template.headers).map(([name, text]) => [name, fill(text, (v) => v.replace(/[^\x20-\x7e]+/g, ' '))]),
  );
  return {
    method: template.method,
    url: fill(template.url, encodeURIComponent),
    headers: { ...bodyType(template), ...headers },
    ...(template.json !== undefined && { body: JSON.stringify(fillDeep(template.json, fill)) }),
    ...(template.form && { body: formOf(template.form, fill) }),
  };
}

function bodyType({ json, form }: GatewayTemplate): Record<string, string> {
  if (json !== undefined) return { 'content-type': 'application/json; charset=utf-8' };
  return form ? { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } : {};
}

const formOf = (form: Readonly<Record<string, string>>, fill: (text: string) => string): string =>
  new URLSearchParams(Object.entries(form).map(([name, text]) => [name, fill(text)])).toString();

function fillDeep(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((one) => fillDeep(one, fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fillDeep(one, fill)]));
}

const valuesOf = (message: Message): Record<Variable, string> => ({
  to: message.address,
  title: message.title,
  text: message.text,
  content: [message.title, message.text, message.link].filter((part) => part !== '').join('\n'),
  // What is read aloud holds no addresses, and no number at its end.
  speech: [message.title, ...message.text.split('\n').slice(0, -1)].join('。'),
  link: message.link,
  priority: message.priority,
  key: message.key,
  short: message.short,
});

/** RFC 6901; undefined where nothing stands. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const part of path.split('/').slice(1)) {
    if (typeof found !== 'object' || found === null) return undefined;
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}
