import { describe, expect, it } from 'vitest';
import type { OpenPages, PageNotice, PagesSaid } from '../../devices/contract/pages.ts';
import { handClock } from '../../kit/clock.ts';
import { pagesDesk } from './open-pages.ts';

const seat: OpenPages = { address: 'seat:gas', pages: 2, heard: 1 };
const notice = { key: 'k', mayRepeat: false } as PageNotice;

const bench = () => {
  const clock = handClock(0);
  const desk = pagesDesk(clock);
  const says = (server: string, open: readonly OpenPages[] = [seat], took: PagesSaid['took'] = []) =>
    desk.exchange({ server, open, took });
  return { clock, desk, says };
};

describe('the pages that are open', () => {
  it('are those of every process that has lately said so', () => {
    const { desk, says, clock } = bench();
    void says('a');
    void says('b', [{ ...seat, pages: 1, heard: 0 }]);
    expect(desk.at('seat:gas')).toEqual({ pages: 3, heard: 1 });
    expect(desk.at('seat:city')).toEqual({ pages: 0, heard: 0 });
    clock.pass(10_000);
    expect(desk.served).toBe(true);
    clock.pass(1);
    expect(desk.at('seat:gas')).toEqual({ pages: 0, heard: 0 });
    expect(desk.served).toBe(false);
  });

  it('are answered within a second when there is nothing to tell', async () => {
    const { says, clock } = bench();
    const answer = says('a');
    clock.pass(1000);
    expect(await answer).toEqual({ notices: [] });
  });

  it('are told at once, and count as told when their process says how many took it', async () => {
    const { desk, says } = bench();
    const waiting = says('a');
    const told = desk.tell('seat:gas', notice);
    const { notices } = await waiting;
    expect(notices).toEqual([{ no: 1, address: 'seat:gas', told: notice }]);
    void says('a', [seat], [{ no: 1, pages: 2 }]);
    expect(await told).toBe(2);
  });

  it('are told what came while nobody was asking', async () => {
    const { desk, says, clock } = bench();
    const first = says('a');
    clock.pass(1000);
    await first;
    void desk.tell('seat:gas', notice);
    expect((await says('a')).notices).toHaveLength(1);
  });

  it('have not been told where their process takes nothing for five seconds, or is not there', async () => {
    const { desk, says, clock } = bench();
    void says('a');
    const told = desk.tell('seat:gas', notice);
    clock.pass(5000);
    expect(await told).toBe(0);
    expect(await desk.tell('seat:city', notice)).toBe(0);
  });

  it('are told nothing more once it stops', async () => {
    const { desk, says } = bench();
    const waiting = says('a');
    desk.stop();
    expect(await waiting).toEqual({ notices: [] });
    expect(await says('a')).toEqual({ notices: [] });
  });
});
