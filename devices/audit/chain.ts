import { createHash } from 'node:crypto';
import type { AuditRow } from '../contract/audit-tables.ts';

/** A row before it is chained. */
export type AuditContent = Omit<AuditRow, 'prev' | 'hash'>;

/** A place in a chain: all rows up to `seq`, the last of which has this `hash`. */
export interface Link {
  readonly seq: number;
  readonly hash: string;
}

/** Where every chain begins: before its first row. */
export const GENESIS: Link = { seq: 0, hash: '0'.repeat(64) };

/** The columns that are hashed, in this order. */
const hashed = ['seq', 'at', 'command', 'type', 'actor_id', 'actor_name', 'via', 'body', 'outcome'] as const;

/**
 * A row's hash, in small hexadecimal letters. Any program can work it out: SHA-256 over ten netstrings one after another, those
 * of `prev` and of the columns `seq, at, command, type, actor_id, actor_name, via, body, outcome`. A netstring is the number of
 * bytes in decimal, a colon, the bytes, a comma: `5:hello,`. Texts are their UTF-8 bytes as they are stored, numbers their
 * decimal digits. Lengths stand before contents, so that no two rows give the same bytes.
 */
export function rowHash(prev: string, row: AuditContent): string {
  const sha = createHash('sha256');
  const add = (text: string) =>
    sha
      .update(`${Buffer.byteLength(text)}:`)
      .update(text, 'utf8')
      .update(',');
  add(prev);
  for (const column of hashed) add(String(row[column]));
  return sha.digest('hex');
}

/** The row that follows `last`. Its content must have the next number and well-formed text. */
export const chained = (last: Link, content: AuditContent): AuditRow => ({
  ...content,
  prev: last.hash,
  hash: rowHash(last.hash, content),
});

/** What is wrong at a row: rows before it are `missing`, it does not `follow` the one before, or its content was `changed`. */
export interface ChainFault {
  readonly kind: 'missing' | 'unlinked' | 'changed' | 'head' | 'checkpoint' | 'exported-head' | 'too-old';
  readonly seq: number;
  readonly expected: string;
  readonly found: string;
}

/** Whether `row` is what follows `last`, unchanged; null when it is. */
export function faultOf(last: Link, row: AuditRow): ChainFault | null {
  const { seq } = row;
  if (seq !== last.seq + 1) return { kind: 'missing', seq, expected: `${last.seq + 1}`, found: `${seq}` };
  if (row.prev !== last.hash) return { kind: 'unlinked', seq, expected: last.hash, found: row.prev };
  const hash = rowHash(row.prev, row);
  return hash === row.hash ? null : { kind: 'changed', seq, expected: row.hash, found: hash };
}
