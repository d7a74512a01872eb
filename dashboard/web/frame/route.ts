import { useSyncExternalStore } from 'react';
import { type Tab, tabs } from '../alarms/order.ts';

export const pageNames = [
  'duty',
  'tickets',
  'report',
  'handover',
  'responsible',
  'standards',
  'kpis',
  'scores',
  'bulletin',
  'quarantine',
  'audit',
  'hazards',
  'campaigns',
  'mine',
  'drills',
  'login',
  'claim',
] as const;
export type PageName = (typeof pageNames)[number];

/** Which tickets the list shows. */
export const ticketScopes = ['open', 'mine', 'overdue', 'all'] as const;
export type TicketScope = (typeof ticketScopes)[number];
/** In which order: by the next deadline, by priority, or by age. */
export const ticketSorts = ['due', 'priority', 'newest'] as const;
export type TicketSort = (typeof ticketSorts)[number];

/** What a phone shows of the duty desk. */
export type DutyView = 'list' | 'map' | 'detail';

/** A page's whole address: any screen can be sent to a colleague. */
export interface Route {
  readonly page: PageName | 'unknown';
  /** Selected alarm and device on the duty desk. */
  readonly alarm: string | null;
  readonly device: string | null;
  readonly measurement: string | null;
  readonly tab: Tab;
  readonly view: DutyView;
  /** Search text of the page. */
  readonly q: string;
  /** Catalogue item on the standards page. */
  readonly item: string | null;
  /** Whose figures, and of how many hours, on the page of figures. */
  readonly seat: string | null;
  readonly hours: number | null;
  /** What the audit page looks for: which log, what kind of command, about what, on which days (`2026-11-22`). */
  readonly log: 'accounts' | null;
  readonly type: string | null;
  readonly incident: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Kind of record on the page of who is responsible. */
  readonly list: string | null;
  /** Number of the ticket that is open, or that the audit looks for; and what the list of tickets is filtered by. */
  readonly ticket: string | null;
  readonly scope: TicketScope;
  readonly stage: string | null;
  readonly priority: string | null;
  readonly area: string | null;
  readonly sort: TicketSort;
  /** The open hazard, campaign or visit, and what the register is narrowed to. */
  readonly hazard: string | null;
  readonly campaign: string | null;
  readonly visit: string | null;
  readonly grade: string | null;
  /** A run of supervision; on its page also `<unit>/<indicator>`, the number whose facts are shown. */
  readonly run: string | null;
  readonly number: string | null;
  /** Where to go after signing in. */
  readonly next: string | null;
  /** What stands after `#`: the one-time link of `/claim#<link>`. */
  readonly hash: string;
}

const pathOf: Readonly<Record<PageName, string>> = {
  duty: '/',
  responsible: '/duty',
  standards: '/standards',
  tickets: '/tickets',
  report: '/report',
  handover: '/handover',
  kpis: '/kpis',
  quarantine: '/quarantine',
  audit: '/audit',
  hazards: '/hazards',
  campaigns: '/campaigns',
  drills: '/drills',
  scores: '/scores',
  bulletin: '/bulletin',
  mine: '/mine',
  login: '/login',
  claim: '/claim',
};

/** An address (`/standards?item=G05-14`) as a route. */
export function parseRoute(address: string): Route {
  const url = new URL(address, 'http://page');
  const query = url.searchParams;
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/+$/, '') : '/';
  const run = /^\/bulletin\/([^/]+)$/.exec(path)?.[1];
  const page = run ? 'bulletin' : (pageNames.find((name) => pathOf[name] === path) ?? 'unknown');
  const tab = query.get('tab');
  const alarm = query.get('alarm');
  const device = query.get('device');
  const view = query.get('view');
  return {
    page,
    alarm,
    device,
    measurement: query.get('m'),
    tab: tabs.find((name) => name === tab) ?? 'all',
    view: view === 'map' ? 'map' : view === 'detail' && (alarm || device) ? 'detail' : 'list',
    q: query.get('q') ?? '',
    item: query.get('item'),
    seat: query.get('seat'),
    hours: Number(query.get('hours')) || null,
    log: query.get('log') === 'accounts' ? 'accounts' : null,
    type: query.get('type'),
    incident: query.get('incident'),
    ticket: query.get('ticket'),
    from: query.get('from'),
    to: query.get('to'),
    list: query.get('list'),
    scope: ticketScopes.find((name) => name === query.get('scope')) ?? 'open',
    stage: query.get('stage'),
    priority: query.get('priority'),
    area: query.get('area'),
    sort: ticketSorts.find((name) => name === query.get('sort')) ?? 'due',
    hazard: query.get('hazard'),
    campaign: query.get('campaign'),
    visit: query.get('visit'),
    grade: query.get('grade'),
    run: run ?? query.get('run'),
    number: query.get('number'),
    next: query.get('next'),
    hash: url.hash.slice(1),
  };
}

const asked = ['log', 'type', 'incident', 'ticket', 'from', 'to'] as const;
const narrowed = ['hazard', 'campaign', 'visit', 'grade', 'area', 'stage', 'priority'] as const;

/** The address of a page with what is not default in it, and nothing else. */
export function hrefOf(route: Partial<Route> & { page: PageName }): string {
  const query = new URLSearchParams();
  if (route.alarm) query.set('alarm', route.alarm);
  if (route.device) query.set('device', route.device);
  if (route.measurement) query.set('m', route.measurement);
  if (route.tab && route.tab !== 'all') query.set('tab', route.tab);
  if (route.view && route.view !== 'list') query.set('view', route.view);
  if (route.q) query.set('q', route.q);
  if (route.item) query.set('item', route.item);
  if (route.seat) query.set('seat', route.seat);
  if (route.hours) query.set('hours', String(route.hours));
  for (const name of [...asked, ...narrowed] as const) {
    const value = route[name];
    if (value) query.set(name, value);
  }
  if (route.list) query.set('list', route.list);
  if (route.scope && route.scope !== 'open') query.set('scope', route.scope);
  if (route.sort && route.sort !== 'due') query.set('sort', route.sort);
  const ofRun = route.page === 'bulletin' && route.run ? `/${route.run}` : '';
  if (route.run && !ofRun) query.set('run', route.run);
  if (route.number) query.set('number', route.number);
  if (route.next) query.set('next', route.next);
  const text = query.toString();
  return pathOf[route.page] + ofRun + (text ? `?${text}` : '') + (route.hash ? `#${route.hash}` : '');
}

const listeners = new Set<() => void>();
const tell = (): void => {
  parsed = null;
  for (const listener of listeners) listener();
};
let parsed: { address: string; route: Route } | null = null;

/** The route the browser shows now. */
export function currentRoute(): Route {
  const address = location.pathname + location.search + location.hash;
  if (parsed?.address !== address) parsed = { address, route: parseRoute(address) };
  return parsed.route;
}

/** Goes to an address of this page without loading it anew. */
export function goTo(href: string, how: 'push' | 'replace' = 'push'): void {
  if (href === location.pathname + location.search + location.hash) return;
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', href);
  tell();
}

/** Changes parts of the duty desk's address and keeps the rest. */
export function patchRoute(patch: Partial<Omit<Route, 'page'>>, how: 'push' | 'replace' = 'replace'): void {
  const now = currentRoute();
  const page = now.page === 'unknown' ? 'duty' : now.page;
  goTo(hrefOf({ ...now, ...patch, page }), how);
}

export function useRoute(): Route {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    addEventListener('popstate', tell);
    addEventListener('hashchange', tell);
    return () => {
      listeners.delete(listener);
      removeEventListener('popstate', tell);
      removeEventListener('hashchange', tell);
    };
  }, currentRoute);
}
