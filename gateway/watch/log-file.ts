import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Level, multistream, pino, symbols } from 'pino';
import type { Log } from '../../kit/log.ts';

/** A file that a technician can read: one line an event, in order, of bounded size. */
export interface LogFile {
  /** Writes to the file too what the log says from now on. */
  tee(log: Log): Log;
  /** The newest lines, oldest first. */
  tail(lines: number): string[];
}

/** Bytes of the file before it is put aside; one older file is kept. */
const mostBytes = 1_000_000;
/** Fields that say nothing to somebody on site. */
const unsaid = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'process', 'part', 'gateway', 'err', 'component']);

/** Opens the log file at `path`; its folder is made. A disk that cannot be written loses lines here, never readings. */
export function openLogFile(path: string): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let bytes = sizeOf(path);
  const write = (line: string): void => {
    try {
      if (bytes > mostBytes) {
        renameSync(path, `${path}.1`);
        bytes = 0;
      }
      appendFileSync(path, line, { mode: 0o600 });
      bytes += Buffer.byteLength(line);
    } catch {
      // The process log says the same; a full disk is told there by whoever needs it.
    }
  };
  return {
    tee(log) {
      const own = (log as unknown as Record<symbol, NodeJS.WritableStream>)[symbols.streamSym];
      const file = { level: 'info' as Level, stream: { write: (json: string) => write(`${readableLine(json)}\n`) } };
      const streams = log.level === 'silent' || !own ? [file] : [{ level: log.level as Level, stream: own }, file];
      const level = log.levelVal > 30 ? 'info' : log.level;
      return pino(
        { level, base: log.bindings(), redact: ['token', 'password', '*.token', '*.password'] },
        multistream(streams),
      );
    },
    tail(lines) {
      const text = [`${path}.1`, path].map(textOf).join('');
      return text.split('\n').filter(Boolean).slice(-lines);
    },
  };
}

/** `2026-11-22 21:30:05 warn  stations cannot be read: connection refused (endpoint=opc.tcp://…)`, in local time. */
export function readableLine(json: string): string {
  const event = parsed(json);
  const at = new Date(Number(event.time ?? Date.now()));
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
  const level = pino.levels.labels[Number(event.level)] ?? 'info';
  const why = event.err === undefined ? '' : `: ${textIn(event.err)}`;
  const facts = Object.entries(event)
    .filter(([name]) => !unsaid.has(name))
    .map(([name, value]) => `${name}=${textIn(value)}`);
  const said = `${day} ${clock} ${level.padEnd(5)} ${String(event.msg ?? '')}${why}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
  return said.replaceAll(/\p{Cc}/gu, ' ').slice(0, 2000);
}

function parsed(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return { msg: json };
  }
}

function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  const message = (value as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : JSON.stringify(value);
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
