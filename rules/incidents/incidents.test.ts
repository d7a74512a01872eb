import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Incident, IncidentMember } from '../../devices/contract/incident.ts';
import { cells } from '../../kit/cells.ts';
import { distance, moved } from '../../kit/metres.ts';
import { buildAlarm } from '../engine/build-alarm.ts';
import { type IncidentBook, type IncidentChanges, incidentBook } from './book.ts';
import { linkKeys, linkOf } from './link.ts';
import { byOnset, partsOf } from './parts.ts';
import { defaultPolicy, farthestM } from './policy.ts';
import { guardRing, hull, inside } from './ring.ts';
import type { Around } from './surroundings.ts';

const origin = { lon: 112.6, lat: 26.9 };
const nowhere = (): Around => ({
  sites: [],
  siteCounts: [],
  valves: [],
  crews: [],
  records: [],
  wind: null,
});
const newBook = (): IncidentBook =>
  incidentBook({
    policy: defaultPolicy,
    surroundings: {
      deviceOf: (device) => ({ circuit: device.endsWith('0') ? 'pipe' : null, nameEn: null }),
      around: nowhere,
      closedBetween: () => null,
    },
    latitude: origin.lat,
    seesGas: () => true,
  });

/** A manhole's gas alarm, so many metres east and north, that began at `since`. */
const alarmAt = (no: number, east: number, north: number, since: number): Alarm =>
  buildAlarm(
    {
      device: `pit-${no}`,
      deviceName: `pit-${no}`,
      deviceType: 'underground-gas',
      site: null,
      siteName: null,
      area: null,
      ...moved(origin, east, north),
      demo: false,
    },
    {
      rule: 'G05-02.gas',
      measurement: 'ug.ch4Vol',
      priority: 'P2',
      clause: {} as Alarm['clause'],
      since,
      raisedAt: since,
      value: 3,
      lastAt: since,
      quality: 0,
      doubts: [],
      op: '>=',
      limit: 1,
      unit: '%{VOL}',
      explanation: { zh: '', en: '' },
      deadlines: {} as Alarm['deadlines'],
      hazard: 'gas',
    },
  );

const marks = (found: ReturnType<IncidentBook['take']>) =>
  Object.fromEntries((found?.placements ?? []).map(({ alarm, firstOut }) => [alarm, firstOut]));

describe('the mark of the first-out', () => {
  const at = 1_000_000;
  const low = alarmAt(1, 0, 0, at);
  const high = { ...alarmAt(1, 0, 0, at + 1), id: `pit-1/G05-02.gas-high/${at + 1}` };
  const other = alarmAt(2, 50, 0, at + 2);

  it('is the opening detector’s, whichever of its levels comes; another detector never has it', () => {
    const book = newBook();
    expect(marks(book.take([low], at))).toEqual({ [low.id]: true });
    expect(marks(book.take([{ ...low, incident: 'i', firstOut: true }, high, other], at + 2))).toEqual({
      [high.id]: true,
      [other.id]: false,
    });
  });

  it('is looked at again when a level is taken over, and when it steps forward; not when nothing of it changes', () => {
    const book = newBook();
    book.take([low], at);
    const marked = { ...low, firstOut: true };
    expect(book.take([marked], at + 1)).toBeNull();
    expect(marks(book.take([{ ...marked, supersededBy: high.id }], at + 2))).toEqual({ [low.id]: true });
    expect(book.take([{ ...low, supersededBy: high.id }], at + 3)).toBeNull();
    expect(marks(book.take([low], at + 4))).toEqual({ [low.id]: true });
  });
});

const minute = 60_000;
type Step =
  | { readonly does: 'raise'; readonly east: number; readonly north: number }
  | { readonly does: 'return' | 'again' | 'close' | 'no-leak' | 'real'; readonly which: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      does: fc.constant('raise' as const),
      east: fc.integer({ min: 0, max: 900 }),
      north: fc.integer({ min: 0, max: 200 }),
    }),
    fc.record({
      does: fc.constantFrom('return' as const, 'again' as const, 'close' as const, 'no-leak' as const, 'real' as const),
      which: fc.nat(40),
    }),
  ),
  { minLength: 1, maxLength: 60 },
);

/** What the database would hold, and the alarms as the desk would. */
function world(restartAt = -1) {
  let book = newBook();
  const incidents = new Map<string, Incident>();
  const members = new Map<string, IncidentMember>();
  const alarms: Alarm[] = [];
  let events = 0;
  const keep = (changes: IncidentChanges) => {
    for (const incident of changes.incidents) incidents.set(incident.id, incident);
    for (const member of changes.members) members.set(member.alarm, member);
    events += changes.events.length;
  };
  const give = (changed: Alarm[], at: number) => {
    const found = book.take(changed, at);
    if (found) keep(found.changes);
  };
  return {
    incidents,
    members,
    alarms,
    get events() {
      return events;
    },
    plays(course: readonly Step[]) {
      course.forEach((step, i) => {
        const at = (i + 1) * 4 * minute;
        if (i === restartAt) {
          book = newBook();
          const open = [...incidents.values()].filter(({ closedAt }) => closedAt === null);
          const inOpen = [...members.values()].filter(({ incident }) => incidents.get(incident)?.closedAt === null);
          const lastSeq = Math.max(0, ...[...incidents.values()].map(({ seq }) => seq));
          book.load({ incidents: open, members: inOpen, lastSeq, lastEvent: events });
          book.passed(at - 4 * minute);
        }
        if (step.does === 'raise') {
          alarms.push(alarmAt(alarms.length, step.east, step.north, at));
          give([alarms.at(-1)!], at);
          return;
        }
        const alarm = alarms[step.which % Math.max(1, alarms.length)];
        const open = alarm !== undefined && alarm.closedAt === null;
        const next = open ? [changed(alarm, step.does, at)] : [];
        if (open) alarms[alarms.indexOf(alarm)] = next[0]!;
        give(next, at);
      });
    },
  };
}

function changed(alarm: Alarm, does: Exclude<Step['does'], 'raise'>, at: number): Alarm {
  if (does === 'return') return { ...alarm, active: false, returnedAt: alarm.returnedAt ?? at };
  if (does === 'again') return { ...alarm, active: true, returnedAt: null };
  if (does === 'close')
    return { ...alarm, active: false, acked: true, returnedAt: alarm.returnedAt ?? at, closedAt: at };
  const kind = does === 'real' ? 'real' : 'sensor-fault';
  return { ...alarm, verdict: { kind, by: 'mira', at, evidence: 'looked' } };
}

describe('incidents, whatever happens', () => {
  it('never lose an alarm, and never have one twice', () => {
    fc.assert(
      fc.property(steps, (course) => {
        const w = world();
        w.plays(course);
        expect([...w.members.keys()].sort()).toEqual(w.alarms.map(({ id }) => id).sort());
        const open = [...w.incidents.values()].filter(({ closedAt }) => closedAt === null);
        for (const incident of open) {
          const own = [...w.members.values()].filter((member) => member.incident === incident.id);
          expect(own).toHaveLength(incident.counts.members);
          expect(incident.members).toEqual(
            own
              .sort(byOnset)
              .map(({ alarm }) => alarm)
              .slice(0, 100),
          );
          expect(own.map(({ alarm }) => alarm)).toContain(incident.firstOut);
          expect(incident.id).toBe(`incident:${incident.firstOut}`);
          expect(own.some(({ closedAt }) => closedAt === null)).toBe(true);
        }
        const isOpen = new Set(open.map(({ id }) => id));
        const standing = w.alarms.filter(({ closedAt }) => closedAt === null);
        for (const { id } of standing) expect(isOpen).toContain(w.members.get(id)!.incident);
      }),
      { numRuns: 300 },
    );
  });

  it('go on after a kill as if nothing had happened', () => {
    fc.assert(
      fc.property(steps, fc.nat(60), (course, restartAt) => {
        const [plain, killed] = [world(), world(restartAt)];
        plain.plays(course);
        killed.plays(course);
        expect([...killed.incidents.values()]).toEqual([...plain.incidents.values()]);
        expect([...killed.members.values()]).toEqual([...plain.members.values()]);
        expect(killed.events).toBe(plain.events);
      }),
      { numRuns: 200 },
    );
  });

  it('hang together exactly as their links say', () => {
    const keys = linkKeys(cells(farthestM(defaultPolicy), origin.lat), defaultPolicy);
    const places = fc.array(fc.tuple(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 300 })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(places, (points) => {
        const members = points.map(([east, north], i) => memberOf(alarmAt(i, east, north, 0)));
        const linked = (a: IncidentMember, b: IncidentMember) => linkOf(a, b, defaultPolicy) !== null;
        const found = partsOf(members, () => false, linked, keys).map((part) => part.map(({ alarm }) => alarm));
        expect(found.map((part) => part.sort()).sort()).toEqual(naiveParts(members, linked));
      }),
    );
  });
});

const memberOf = (alarm: Alarm): IncidentMember => ({
  alarm: alarm.id,
  incident: 'i',
  device: alarm.device,
  name: alarm.deviceName,
  nameEn: null,
  deviceType: alarm.deviceType,
  site: null,
  circuit: null,
  lon: alarm.lon,
  lat: alarm.lat,
  priority: 'P2',
  since: alarm.since,
  no: 0,
  joinedAt: 0,
  by: null,
  active: true,
  returnedAt: null,
  closedAt: null,
  cut: null,
});

/** Merges sets until nothing links two of them: slow and plainly right. */
function naiveParts(members: readonly IncidentMember[], linked: (a: IncidentMember, b: IncidentMember) => boolean) {
  let sets = members.map((member) => [member]);
  for (let merged = true; merged; ) {
    merged = false;
    for (const [i, a] of sets.entries()) {
      const j = sets.findIndex((b, k) => k > i && a.some((x) => b.some((y) => linked(x, y))));
      if (j < 0) continue;
      a.push(...sets[j]!);
      sets = sets.filter((_, k) => k !== j);
      merged = true;
      break;
    }
  }
  return sets.map((set) => set.map(({ alarm }) => alarm).sort()).sort();
}

describe('a guard ring', () => {
  const places = fc.array(fc.tuple(fc.integer({ min: -800, max: 800 }), fc.integer({ min: -800, max: 800 })), {
    minLength: 1,
    maxLength: 20,
  });
  it('keeps its distance from every member, and hardly more', () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 0, max: 359 }), (points, degrees) => {
        const members = points.map(([east, north]) => moved(origin, east, north));
        const ring = guardRing(hull(members), 100);
        const angle = (degrees * Math.PI) / 180;
        for (const member of members) {
          expect(inside(ring, moved(member, 99 * Math.cos(angle), 99 * Math.sin(angle)))).toBe(true);
        }
        for (const [lon, lat] of ring) {
          expect(Math.min(...members.map((member) => distance(member, { lon, lat })))).toBeLessThan(103);
        }
      }),
    );
  });

  it('is closed and runs counter-clockwise', () => {
    const ring = guardRing([origin], 100);
    expect(ring.at(-1)).toEqual(ring[0]);
    const area = ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i]![0] * y - x * ring[i]![1], 0);
    expect(area).toBeGreaterThan(0);
  });
});

describe('a flood of ten thousand gas alarms', () => {
  it.each([
    ['spread over a town', 5000],
    ['in one place', 1],
  ])('%s meets its neighbours, not all of them', (_, metres) => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const book = newBook();
    const began = performance.now();
    let rows = 0;
    for (let no = 0; no < 10_000; no++) {
      const found = book.take([alarmAt(no, random() * metres, random() * metres, no * 10)], no * 10);
      rows += found!.changes.members.length;
    }
    const tookMs = performance.now() - began;
    console.info(`10,000 gas alarms within ${metres} m: ${Math.round(tookMs)} ms, ${rows} member rows`);
    const count = [...book.open()].reduce((sum, { counts }) => sum + counts.members, 0);
    expect(count).toBe(10_000);
    // Each alarm writes itself, and now and then an incident that an older one takes in.
    expect(rows).toBeLessThan(10_000 * 40);
  });
});
