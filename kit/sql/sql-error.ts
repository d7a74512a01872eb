/** A statement that the database refused, or a database that went away. `code` is the engine's own. */
export class SqlError extends Error {
  /** `SQLITE_CONSTRAINT_UNIQUE`, `SQLITE_FULL`, `23505`, … */
  readonly code: string;
  /** True when the same statement may succeed later: the file was locked, the disk full, the connection cut. */
  readonly retryable: boolean;
  constructor(message: string, code: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SqlError';
    this.code = code;
    this.retryable = /^SQLITE_(BUSY|LOCKED|FULL|IOERR)/.test(code);
  }
}

/** The engine's code of a failed statement, whichever engine it was; `''` when `err` is no database error. */
export function sqlCode(err: unknown): string {
  const code = (err as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** True when a row with this key is there already. */
export const isUniqueViolation = (err: unknown): boolean =>
  ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505'].includes(sqlCode(err));
