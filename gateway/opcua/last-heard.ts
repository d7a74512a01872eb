import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../../kit/log.ts';
import { replaceFile } from '../../kit/replace-file.ts';

/**
 * Up to when the values of each node are in the outbox. A node's gap is open from the moment its values may have been missed
 * until its history was fetched; meanwhile its mark stands, however many live values come.
 */
export interface LastHeard {
  /** A live value of `node` became durable; `at` is its own time, `now` the gateway's. */
  kept(node: string, at: number, now: number): void;
  /** The server spoke and everything up to then is on its way: gateway's time. */
  spoke(now: number): void;
  /**
   * Opens a gap of `node`, or leaves an open one as it is. Answers with its beginning; undefined when the server was never
   * heard before, as there is nothing to have missed.
   */
  open(node: string): number | undefined;
  /** What lies before `until` of an open gap became durable. */
  filled(node: string, until: number): void;
  /** The gap of `node` is closed: filled, or there is nothing to fill it with. */
  close(node: string): void;
  readonly gaps: ReadonlySet<string>;
  /** Writes the marks to disk if they have changed; rejects when the disk does. */
  save(): Promise<void>;
}

/**
 * No clock behind a server is further back than this: a node that has not changed for longer is asked for so much before the
 * gap, not since its last change.
 */
export const clockSlackMs = 2 * 3_600_000;

const fileSchema = z.strictObject({
  version: z.literal(1),
  heardUntil: z.number().optional(),
  sure: z.record(z.string(), z.number()),
  open: z.array(z.string()),
});
type Marks = z.infer<typeof fileSchema>;

/** The marks of one server, kept in `folder`. An unreadable file is as none: then a gap is taken to begin now, and it is said. */
export async function openLastHeard(folder: string, endpoint: string, log: Log): Promise<LastHeard> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `last-heard-${createHash('sha256').update(endpoint).digest('hex').slice(0, 16)}.json`);
  const marks = await readMarks(file, endpoint, log);
  // After a power cut there are the old marks or the new. Old ones only fetch a little more.
  return lastHeard(marks, (next) => replaceFile(file, JSON.stringify(next)));
}

async function readMarks(file: string, endpoint: string, log: Log): Promise<Marks> {
  const none: Marks = { version: 1, sure: {}, open: [] };
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return none;
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (err) {
    log.warn({ file, endpoint, err: (err as Error).message }, 'what was last heard of a server cannot be read');
    return none;
  }
}

/** The marks themselves; `write` makes them durable. */
export function lastHeard(from: Marks, write: (marks: Marks) => Promise<void>): LastHeard {
  const sure = new Map(Object.entries(from.sure));
  const gaps = new Set(from.open);
  /** Newest live value of nodes with an open gap: where their mark goes when it is closed. */
  const beyond = new Map<string, number>();
  let { heardUntil } = from;
  let changed = false;
  let saving: Promise<void> = Promise.resolve();
  const saveNow = async (): Promise<void> => {
    if (!changed) return;
    changed = false;
    try {
      await write({
        version: 1,
        ...(heardUntil !== undefined && { heardUntil }),
        sure: Object.fromEntries(sure),
        open: [...gaps],
      });
    } catch (err) {
      changed = true;
      throw err;
    }
  };
  return {
    kept(node, at, now) {
      // A value from the future must not hide what comes when its clock has been set right.
      const mark = Math.min(at, now);
      (gaps.has(node) ? beyond : sure).set(node, mark);
      changed = true;
    },
    spoke(now) {
      heardUntil = now;
      changed = true;
    },
    open(node) {
      if (gaps.has(node)) return sure.get(node);
      if (heardUntil === undefined) return undefined;
      const mark = Math.max(sure.get(node) ?? 0, heardUntil - clockSlackMs);
      sure.set(node, mark);
      gaps.add(node);
      changed = true;
      return mark;
    },
    filled(node, until) {
      if (!gaps.has(node)) return;
      sure.set(node, Math.max(sure.get(node) ?? 0, until));
      changed = true;
    },
    close(node) {
      if (!gaps.delete(node)) return;
      const live = beyond.get(node);
      beyond.delete(node);
      if (live !== undefined) sure.set(node, live);
      changed = true;
    },
    gaps,
    save() {
      // One after the other: two at once would write one file.
      saving = saving.catch(() => undefined).then(saveNow);
      return saving;
    },
  };
}
