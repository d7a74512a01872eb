import type { Admitted, Message } from '../admission/admission.ts';
import type { Intake } from '../intake.ts';

/** A message that a door has judged, on its way to the ingest that owns the journal. JSON. */
export interface JudgedMessage {
  readonly topic: string;
  readonly client: string;
  readonly received: number;
  /** Base64; only where something was refused, as only the quarantine keeps bytes. */
  readonly payload: string;
  /** True length of the payload. */
  readonly size: number;
  readonly admitted: Omit<Admitted, 'marks'>;
}

/** Entries of one message that travel together: far below the limit of a call (16 MiB), however long each is. */
const mostEntries = 5000;

/** A message and its judgement as they travel; a very long one in several parts. */
export function toJudged(message: Message, size: number, { marks: _, ...admitted }: Admitted): JudgedMessage[] {
  const { topic, client, received, payload } = message;
  const { entries, refusals } = admitted;
  const bytes = refusals.length > 0 ? Buffer.from(payload.subarray(0, 65_536)).toString('base64') : '';
  const whole = { topic, client, received, payload: bytes, size, admitted };
  if (entries.length <= mostEntries) return [whole];
  const parts = [whole];
  for (let i = 0; i < entries.length; i += mostEntries) {
    const share = { ...admitted, entries: entries.slice(i, i + mostEntries) };
    const more = { ...share, refusals: [], readings: 0, doubtful: 0 };
    if (i === 0) parts[0] = { ...whole, admitted: share };
    else parts.push({ ...whole, payload: '', admitted: more });
  }
  return parts;
}

/** Roughly the length of one as JSON. */
export const weightOf = ({ payload, admitted: { entries, refusals } }: JudgedMessage): number =>
  payload.length + entries.length * 400 + refusals.length * 1000 + 300;

/** Makes what a door has judged durable here; rejects when any of it could not be, and then the door sends all of it again. */
export async function settleJudged(intake: Pick<Intake, 'settle'>, messages: readonly JudgedMessage[]): Promise<void> {
  const one = ({ topic, client, received, payload, size, admitted }: JudgedMessage) =>
    new Promise<void>((resolve, reject) => {
      const message = { topic, client, received, payload: Buffer.from(payload, 'base64') };
      intake.settle(message, size, admitted, (err) => (err ? reject(err) : resolve()));
    });
  const outcomes = await Promise.allSettled(messages.map(one));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
