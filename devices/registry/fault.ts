/** One thing wrong with a record or a file: where it stands, what was given, and what to do, in both languages. */
export interface Fault {
  /** `line 14`, `feature 3`, `device d-1`, `file`. */
  readonly where: string;
  /** Column or field; `''` for the record or file as a whole. */
  readonly field: string;
  /** What was given, cut to a readable length. */
  readonly value: string;
  readonly zh: string;
  readonly en: string;
}

const SHOWN = 80;

/** A {@link Fault}; `value` may be anything that was given. */
export function fault(where: string, field: string, value: unknown, zh: string, en: string): Fault {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  // Control characters of a hostile file must not reach a terminal.
  const shown = Array.from(text, (c) => (isControl(c) ? '�' : c));
  return { where, field, value: shown.length > SHOWN ? `${shown.slice(0, SHOWN).join('')}…` : shown.join(''), zh, en };
}

const isControl = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return code < 32 || (code >= 127 && code < 160);
};

const MOST = 500;

/** At most 500 faults and a last one that says how many more there are: a list that long is read by nobody. */
export function bounded(faults: readonly Fault[]): Fault[] {
  if (faults.length <= MOST) return [...faults];
  const more = faults.length - MOST;
  return [
    ...faults.slice(0, MOST),
    fault('file', '', '', `另有 ${more} 处错误未列出`, `${more} more faults are not listed`),
  ];
}
