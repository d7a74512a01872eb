import { type Logger, pino } from 'pino';

/** A structured logger: a constant message in plain words, the facts as fields. One child per component. */
export type Log = Logger;

/**
 * Writes one JSON line per event to standard output (or `fd`).
 *
 * The destination is synchronous on purpose: an asynchronous one loses its last lines when the process dies, which is
 * when they matter.
 */
export function jsonLog(fields: { process: string } & Record<string, unknown>, level = 'info', fd = 1): Log {
  return pino(
    { level, base: fields, redact: ['token', 'password', '*.token', '*.password'] },
    pino.destination({ fd, sync: true }),
  );
}

/** Swallows everything; for tests whose subject is not the log. */
export const silentLog: Log = pino({ level: 'silent' });
