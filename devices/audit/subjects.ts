/** Something that a row of the audit names. */
export interface Subject {
  readonly kind: string;
  readonly id: string;
}

/**
 * The fields of a command whose values are ids, and of what. A list of records under such a field counts by the `id` of each.
 * `ids` stands for what the `kind` beside it says.
 */
const namedBy: Readonly<Record<string, string>> = {
  device: 'device',
  devices: 'device',
  alarm: 'alarm',
  alarms: 'alarm',
  incident: 'incident',
  incidents: 'incident',
  ticket: 'ticket',
  tickets: 'ticket',
  hazard: 'hazard',
  hazards: 'hazard',
  drill: 'drill',
  account: 'account',
  /** Whose credential it is: a device's or a gateway's. */
  subject: 'device',
  gateways: 'device',
};
/** Fields in which something else is nested that names things: `of: {alarms}`, `put: {devices}`, `which: {device}`. */
const DEPTH = 8;

/** A picture's name is the SHA-256 of its bytes. */
const photoName = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** An alarm's id is `<device>/<item>.<rule>/<ms>`, and the first part of it a device. */
const alarmId = /^([^/]+)\/[^/]+\/\d+$/;

/**
 * What a command names, each once: the values of the fields above anywhere in it; alarms that the outcome's list of changes names,
 * and tickets for a command of tickets; the device of every alarm; the device of what it asked a second person for; every picture
 * whose name stands in any of its texts, since a picture that something names is never removed. What was refused as a whole names
 * no picture. A drill goes by one name with its detector.
 */
export function subjectsOf(body: unknown, outcome: unknown): readonly Subject[] {
  const found = new Map<string, Subject>();
  const add = (kind: string, id: unknown) => {
    if (typeof id !== 'string' || id === '' || id.length > 300) return;
    found.set(`${kind} ${id}`, { kind, id });
    const device = kind === 'alarm' && alarmId.exec(id)?.[1];
    if (device) add('device', device);
  };
  walk(body, DEPTH, add);
  const { changed, asked } = (outcome ?? {}) as { changed?: unknown; asked?: unknown };
  walk(asked, DEPTH, add);
  const type = String((body as { type?: unknown } | null)?.type);
  const kinds = type.startsWith('ticket.') ? ['ticket'] : type.startsWith('drill.') ? ['drill', 'device'] : [];
  for (const id of Array.isArray(changed) ? changed : [])
    if (alarmId.test(String(id))) add('alarm', id);
    else for (const kind of kinds) add(kind, id);
  const all = [...found.values()];
  return changed === undefined ? all.filter(({ kind }) => kind !== 'photo') : all;
}

function walk(value: unknown, depth: number, add: (kind: string, id: unknown) => void): void {
  if (typeof value === 'string') for (const [photo] of value.matchAll(photoName)) add('photo', photo);
  if (value === null || typeof value !== 'object' || depth === 0) return;
  if (Array.isArray(value)) {
    for (const one of value) walk(one, depth - 1, add);
    return;
  }
  const { kind } = value as { kind?: unknown };
  for (const [field, inner] of Object.entries(value)) {
    const named = field === 'ids' && typeof kind === 'string' ? kind : namedBy[field];
    if (named) for (const one of Array.isArray(inner) ? inner : [inner]) add(named, idOf(one));
    walk(inner, depth - 1, add);
  }
}

const idOf = (one: unknown): unknown =>
  one !== null && typeof one === 'object' ? (one as { readonly id?: unknown }).id : one;
