import type { JournalEntry } from '../../devices/contract/entry.ts';
import type { ReadmitQuery, ReadmitRefusal, Readmitted } from '../../devices/contract/quarantine.ts';
import { topics } from '../../devices/contract/topics.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { Admission } from '../admission/admission.ts';
import type { Refusal } from '../admission/refusals.ts';
import type { Intake } from '../intake.ts';
import type { HeldMessage, HeldRow, Quarantine, Verdict } from './quarantine.ts';
import { STORE_CLIENT } from './rejected-rows.ts';

export interface ReadmitParts {
  readonly quarantine: Pick<Quarantine, 'messages' | 'judgedAgain'>;
  readonly admission: Pick<Admission, 'admit' | 'typeOf'>;
  readonly intake: Pick<Intake, 'append'>;
  /** The topic that a used one stands for; undefined for one that carries no telemetry. */
  readonly telemetryTopic: (topic: string) => string | undefined;
  readonly now: () => number;
}

/** Messages that are judged again in one go. */
const MOST = 500;

/**
 * Judges refused messages again after a fix: by today's admission, as their original sender, at their original receive time.
 * What is kept goes into the journal as late data; what is refused still keeps its row, with today's reason. One at a time:
 * two who ask at once do not let a row in twice. A crash between journal and mark lets it in again, which leaves one copy.
 */
export function readmission(parts: ReadmitParts): (query: ReadmitQuery) => Promise<Readmitted> {
  let last: Promise<unknown> = Promise.resolve();
  return (query) => {
    const next = last.then(() => readmit(parts, query));
    last = next.catch(() => {});
    return next;
  };
}

async function readmit(parts: ReadmitParts, query: ReadmitQuery): Promise<Readmitted> {
  const { quarantine, intake, now } = parts;
  const held = await quarantine.messages(query, MOST + 1);
  const readmitted: number[] = [];
  const refused: Readmitted['refused'][number][] = [];
  let readings = 0;
  for (const message of held.slice(0, MOST)) {
    const outcome = judgeAgain(parts, message);
    if (outcome.entries.length > 0) await intake.append(outcome.entries, 'normal');
    readings += outcome.readings;
    if (outcome.verdicts.length > 0) await quarantine.judgedAgain(outcome.verdicts, now());
    for (const verdict of outcome.verdicts) {
      if ('readmitted' in verdict) readmitted.push(verdict.id);
      else refused.push({ id: verdict.id, code: 'still-refused', ...verdict.reason });
    }
    refused.push(...outcome.untried);
  }
  if ('ids' in query) {
    const known = new Set(held.flatMap(({ rows }) => rows.map(({ id }) => id)));
    for (const id of query.ids) if (!known.has(id)) refused.push(because(id, 'not-found'));
  }
  return { readmitted, refused, readings, more: held.length > MOST };
}

interface Outcome {
  readonly entries: readonly JournalEntry[];
  readonly readings: number;
  readonly verdicts: readonly Verdict[];
  readonly untried: Readmitted['refused'];
}

/** One message, judged again. Pure but for what admission remembers of devices. */
function judgeAgain(parts: ReadmitParts, message: HeldMessage): Outcome {
  const open = message.rows.filter((row) => row.readmitted === null);
  const before = message.rows
    .filter((row) => row.readmitted !== null)
    .map(({ id }) => because(id, 'readmitted-before'));
  const untried = (code: Exclude<ReadmitRefusal, 'still-refused'>): Outcome => ({
    entries: [],
    readings: 0,
    verdicts: [],
    untried: [...before, ...open.map(({ id }) => because(id, code))],
  });
  if (open.length === 0) return { entries: [], readings: 0, verdicts: [], untried: before };
  if (message.payload.length < message.size) return untried('cut');
  if (message.client === STORE_CLIENT) return { ...storeRow(parts, message, open), untried: before };
  const topic = parts.telemetryTopic(message.topic);
  if (topic !== topics.telemetry && topic !== topics.gatewayTelemetry) return untried('not-readmittable');
  const { client, payload, received } = message;
  const { entries, refusals, readings } = parts.admission.admit(
    { topic, client, payload, received },
    { readmitted: true },
  );
  return { entries, readings, verdicts: verdictsOf(open, refusals), untried: before };
}

/** Which of a message's rows are refused today, and why: by device and code, else by device. */
function verdictsOf(rows: readonly HeldRow[], refusals: readonly Refusal[]): Verdict[] {
  const left = [...refusals];
  const take = (fits: (refusal: Refusal) => boolean): Refusal | undefined => {
    const index = left.findIndex(fits);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const found = rows.map((row) => take(({ device, code }) => sameDevice(row, device) && code === row.code));
  const verdicts = rows.map((row, i): Verdict => {
    const refusal = found[i] ?? take(({ device }) => sameDevice(row, device));
    return refusal ? { id: row.id, code: refusal.code, reason: refusal.reason } : { id: row.id, readmitted: true };
  });
  // What is refused for a new reason belongs to some row, or nobody would read it.
  const [first] = rows;
  if (left.length > 0 && first) {
    const [reason] = left;
    if (reason) verdicts[0] = { id: first.id, code: reason.code, reason: reason.reason };
  }
  return verdicts;
}

/** What names no device in the message was filed under its sender. */
const sameDevice = (row: HeldRow, device: string | null): boolean => device === null || row.device === device;

/** A row that the store refused, or that had no type: admitted once already, it goes in as it is. */
function storeRow(
  { admission }: ReadmitParts,
  { payload, received }: HeldMessage,
  open: readonly HeldRow[],
): Omit<Outcome, 'untried'> {
  const { device, at, values } = JSON.parse(payload.toString('utf8')) as {
    device: string;
    at: number;
    values: Record<string, never>;
  };
  if (admission.typeOf(device) === undefined) {
    return { entries: [], readings: 0, verdicts: open.map(({ id, code, reason }) => ({ id, code, reason })) };
  }
  return {
    entries: [{ kind: 'telemetry', device, at, received, historical: true, source: 'replay', values }],
    readings: Object.keys(values).length,
    verdicts: open.map(({ id }) => ({ id, readmitted: true as const })),
  };
}

const words: Readonly<Record<Exclude<ReadmitRefusal, 'still-refused'>, Bilingual>> = {
  'not-found': {
    zh: '隔离区没有这一条（可能已被清除）。',
    en: 'There is no such row in the quarantine; it may have been purged.',
  },
  'readmitted-before': { zh: '这一条已经重新接收过。', en: 'This row was let in before.' },
  cut: {
    zh: '原文超过 64 KiB，只留下了开头，无法重新接收；请让设备重发。',
    en: 'Only the first 64 KiB of its bytes were kept, so it cannot be let in; have the device send it again.',
  },
  'not-readmittable': {
    zh: '只有遥测可以重新接收；连接、属性和其他协议的消息只在当时有意义，请让设备重发。',
    en: 'Only telemetry can be let in later; connections, attributes and other protocols speak of their moment. Have it sent again.',
  },
};

const because = (id: number, code: Exclude<ReadmitRefusal, 'still-refused'>): Readmitted['refused'][number] => ({
  id,
  code,
  ...words[code],
});
