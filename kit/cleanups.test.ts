import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { cleanups } from './cleanups.ts';
import { silentLog } from './log.ts';

describe('a stack of clean-ups', () => {
  const bench = () => {
    const stopped: string[] = [];
    const stack = cleanups(silentLog);
    const part = (name: string) => ({ name, stop: async () => void stopped.push(name) });
    return { stopped, stack, part };
  };

  it('stops the last one started first, one after another', async () => {
    const { stopped, stack } = bench();
    for (const name of ['journal', 'writer', 'doors']) {
      stack.defer(name, async () => {
        stopped.push(`${name} stops`);
        await new Promise((resolve) => setImmediate(resolve));
        stopped.push(`${name} has stopped`);
      });
    }
    await stack.run();
    expect(stopped).toEqual(['doors', 'writer', 'journal'].flatMap((name) => [`${name} stops`, `${name} has stopped`]));
  });

  it('hands back the part it was given', () => {
    const { stack, part } = bench();
    const journal = part('journal');
    expect(stack.add('journal', journal)).toBe(journal);
  });

  it('stops each part once, however often it is asked', async () => {
    const { stopped, stack, part } = bench();
    stack.add('journal', part('journal'));
    await Promise.all([stack.run(), stack.run()]);
    await stack.run();
    expect(stopped).toEqual(['journal']);
  });

  it('stops the rest when one fails, and logs which one it was', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line) => void lines.push(line) });
    const stopped: string[] = [];
    const stack = cleanups(log);
    stack.defer('journal', () => void stopped.push('journal'));
    stack.defer('writer', () => {
      throw new Error('the store is gone');
    });
    stack.defer('doors', async () => {
      throw new Error('the broker is stuck');
    });
    await stack.run();
    expect(stopped).toEqual(['journal']);
    expect(lines.map((line) => JSON.parse(line)).map(({ part, err }) => [part, err.message])).toEqual([
      ['doors', 'the broker is stuck'],
      ['writer', 'the store is gone'],
    ]);
  });

  it('stops at once what is only started after everything was stopped', async () => {
    const { stopped, stack, part } = bench();
    stack.add('journal', part('journal'));
    await stack.run();
    stack.add('late door', part('late door'));
    expect(stopped).toEqual(['journal', 'late door']);
  });

  it('stops what is started while the others are being stopped', async () => {
    const { stopped, stack, part } = bench();
    stack.add('journal', part('journal'));
    stack.defer('doors', () => {
      stopped.push('doors');
      stack.add('late door', part('late door'));
    });
    await stack.run();
    expect(stopped).toEqual(['doors', 'late door', 'journal']);
  });
});
