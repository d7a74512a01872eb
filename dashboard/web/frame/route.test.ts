import { describe, expect, it } from 'vitest';
import { toProblem } from '../api/client.ts';
import { safeNext } from '../pages/next.ts';
import { hrefOf, parseRoute } from './route.ts';

describe('an address', () => {
  it.each([
    '/',
    '/?alarm=kitchen-1%2FG05-14.level-2%2F1795361715000&tab=unacked',
    '/?device=pole-1&m=pole.tiltDelta&view=detail',
    '/standards?q=gas&item=G05-14',
    '/audit?device=k1&q=mira&log=accounts&type=judge&from=2026-11-01&to=2026-11-22',
    '/hazards?q=no-detector&grade=major&area=LB&stage=verifying',
    '/campaigns?campaign=campaign%3Aone&visit=campaign%3Aone%2F7',
    '/tickets?q=hearth&ticket=20261130-0007&area=LB&stage=handling&priority=P1&scope=overdue&sort=priority',
    '/report',
    '/claim#a-link',
    '/scores?run=quarter_2026-Q4_1&number=zhuhui%2Frecheck',
    '/bulletin/quarter_2026-Q4_1',
  ])('%s can be sent to a colleague and read again', (address) => {
    const route = parseRoute(address);
    if (route.page === 'unknown') throw new Error('page not known');
    expect(hrefOf({ ...route, page: route.page })).toBe(address);
  });

  it('of no page is said to be unknown', () => {
    expect(parseRoute('/nowhere').page).toBe('unknown');
  });

  it('shows the list where a detail is asked of nothing', () => {
    expect(parseRoute('/?view=detail').view).toBe('list');
  });
});

describe('the way on after signing in', () => {
  it.each([
    ['/?device=pole-1', '/?device=pole-1'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['/login', '/'],
    [null, '/'],
  ])('%s leads to %s', (next, to) => {
    expect(safeNext(next)).toBe(to);
  });
});

describe('a refusal of the server', () => {
  it('is shown in the page’s language', () => {
    const problem = toProblem(
      409,
      JSON.stringify({ code: 'acked', zh: '已确认', en: 'already acknowledged', title: 'x' }),
    );
    expect(problem).toEqual({ status: 409, code: 'acked', zh: '已确认', en: 'already acknowledged' });
  });

  it('without a problem document still says something in both', () => {
    expect(toProblem(502, '<html>')).toMatchObject({
      status: 502,
      zh: '服务器答复 502',
      en: 'The server answered 502',
    });
  });
});
