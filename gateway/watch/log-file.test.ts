import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { openLogFile, readableLine } from './log-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'yanshao-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the log file of a gateway', () => {
  it('has a line a person can read for each event, and the process log has it too', () => {
    const lines: string[] = [];
    const log = pino(
      { level: 'info', base: { process: 'gateway' } },
      { write: (line: string) => void lines.push(line) },
    );
    const file = openLogFile(join(folder, 'a', 'gateway.log'));
    const both = file.tee(log).child({ component: 'uplink' });
    both.warn({ endpoint: 'opc.tcp://a', err: new Error('refused') }, 'stations cannot be read');
    both.debug('nobody wants this');
    expect(file.tail(10)).toEqual([
      expect.stringMatching(
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d warn {2}stations cannot be read: refused \(endpoint=opc\.tcp:\/\/a\)$/,
      ),
    ]);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      process: 'gateway',
      component: 'uplink',
      endpoint: 'opc.tcp://a',
    });
  });

  it('is written where the process log is silent', () => {
    const file = openLogFile(join(folder, 'b.log'));
    file.tee(silentLog).info('a word');
    expect(file.tail(1)[0]).toContain('info  a word');
  });

  it('stays bounded, and the newest lines stay', () => {
    const path = join(folder, 'c.log');
    const file = openLogFile(path);
    const log = file.tee(silentLog);
    const text = 'x'.repeat(1900);
    for (let n = 0; n < 1400; n++) log.info(`${n} ${text}`);
    expect(statSync(path).size + statSync(`${path}.1`).size).toBeLessThan(2_100_000);
    expect(file.tail(200).map((line) => Number(/info {2}(\d+)/.exec(line)?.[1]))).toEqual(
      Array.from({ length: 200 }, (_, n) => 1200 + n),
    );
  });

  it('shows no control characters of strangers', () => {
    expect(readableLine(JSON.stringify({ level: 30, time: 0, msg: 'a\u001b[31mb\nc' }))).not.toMatch(/\p{Cc}/u);
  });
});
