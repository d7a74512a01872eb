import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../devices/contract/alarm.ts';
import { benchDevice, engineBench, glance, kitchen } from './engine-bench.ts';

const gateways = ['g1', 'g2'].map((id) => ({ id, name: id, lon: 112.6, lat: 26.9, demo: false }));
const sites = ['s1', 's2'].map((id) => ({ id, kind: 'school' as const, name: id, lon: 0, lat: 0, demo: false }));
const devices = [
  kitchen('k1', { gateway: 'g1', site: 's1' }),
  kitchen('k2', { gateway: 'g2', site: 's1' }),
  kitchen('k3', { site: 's2' }),
  benchDevice('l1', 'smart-pole', { gateway: 'g1', circuit: 'c1' }),
  benchDevice('l2', 'smart-pole', { gateway: 'g2', circuit: 'c1' }),
  benchDevice('cam', 'pole-camera', { gateway: 'g1', mountedOn: 'l1' }),
];
const kitchens = ['k1', 'k2', 'k3'];
const poles = ['l1', 'l2'];

type Happening =
  | { readonly kind: 'gas'; readonly device: string; readonly value: number }
  | { readonly kind: 'lamp'; readonly device: string; readonly cycling: boolean; readonly level: number }
  | { readonly kind: 'camera' }
  | { readonly kind: 'link'; readonly gateway: string; readonly state: 'up' | 'down' }
  | { readonly kind: 'ack' }
  | { readonly kind: 'dies' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constant('gas'),
    device: fc.constantFrom(...kitchens),
    value: fc.constantFrom(0, 15, 50),
  }),
  fc.record({
    kind: fc.constant('lamp'),
    device: fc.constantFrom(...poles),
    cycling: fc.boolean(),
    level: fc.constantFrom(0, 100),
  }),
  fc.record({ kind: fc.constant('camera') }),
  fc.record({
    kind: fc.constant('link'),
    gateway: fc.constantFrom('g1', 'g2'),
    state: fc.constantFrom('up', 'down'),
  }),
  fc.record({ kind: fc.constant('ack') }),
  fc.record({ kind: fc.constant('dies') }),
) as fc.Arbitrary<Happening>;

/** What happens, each so many seconds after the one before. */
const evening = fc.array(fc.tuple(happening, fc.integer({ min: 1, max: 600 })), { minLength: 5, maxLength: 20 });

const clock = (seconds: number) => {
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const day = Math.floor(seconds / 86_400);
  const time = `${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
  return day === 0 ? time : `+${day} ${time}`;
};

/** Plays an evening; `look` sees every open alarm after each happening, and after the tick that follows it. */
function play(happenings: readonly (readonly [Happening, number])[], look: (open: Alarm[]) => void, mayDie = true) {
  const b = engineBench({ devices, gateways, sites }, '19:00');
  let at = 19 * 3600;
  for (const [what, after] of happenings) {
    at += after;
    const time = clock(at);
    if (what.kind === 'gas') b.reads(time, what.device, { 'alarm.ch4': what.value });
    else if (what.kind === 'lamp')
      b.reads(time, what.device, { 'pole.lampCycling': what.cycling, 'pole.dimLevel': what.level });
    else if (what.kind === 'camera') b.reads(time, 'cam', { 'camera.excavator': 0 });
    else if (what.kind === 'link') b.connection(time, what.gateway, what.state);
    else if (what.kind === 'ack') {
      b.passes(time);
      const ringing = b.alarms().find((a) => a.active && !a.acked && a.override === null);
      if (ringing) b.acknowledges(time, ringing.id);
    } else {
      b.passes(time);
      if (mayDie) b.restarts(b.keeps());
    }
    at += 1;
    b.passes(clock(at));
    look(b.alarms().filter((a) => a.closedAt === null));
  }
  return b;
}

const causesOf = (alarm: Alarm) => alarm.overrides.flatMap((o) => (o.kind === 'suppressed' ? [o] : []));

/** What must hold of the open alarms at every moment; `seen` are those that were once in sight. */
const always: Readonly<Record<string, (open: Alarm[], seen: Set<string>) => void>> = {
  'an alarm that was once in sight is never hidden': (open, seen) => {
    for (const alarm of open) {
      if (causesOf(alarm).length === 0) seen.add(alarm.id);
      else expect(seen.has(alarm.id), alarm.id).toBe(false);
    }
  },
  'what stands for others counts exactly what it hides': (open) => {
    const hidden = open.filter((alarm) => causesOf(alarm).length > 0);
    for (const { blind, device, active } of open) {
      if (!blind || !active) continue;
      const behind = hidden.filter((a) => a.device !== device && causesOf(a).some((o) => o.because === device));
      expect(blind.hidden).toBe(behind.length);
    }
  },
  'what is hidden behind a carrier has its silence in sight or hidden itself': (open) => {
    for (const { rule, because } of open.flatMap(causesOf)) {
      if (rule !== 'carrier-silent') continue;
      expect(open.some((a) => a.device === because && a.measurement === '*' && a.active)).toBe(true);
    }
  },
  'no P1 is hidden': (open) => {
    for (const alarm of open) if (alarm.priority === 'P1') expect(causesOf(alarm)).toEqual([]);
  },
};

describe('whatever happens in an evening', () => {
  it(`${Object.keys(always).join(', ')}`, () => {
    fc.assert(
      fc.property(evening, (happenings) => {
        const seen = new Set<string>();
        play(happenings, (open) => {
          for (const holds of Object.values(always)) holds(open, seen);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('it ends the same when the process died on the way', () => {
    const ends = (happenings: Parameters<typeof play>[0], mayDie: boolean) =>
      play(happenings, () => undefined, mayDie)
        .alarms()
        .map((alarm) => ({
          shows: `${alarm.device} ${glance(alarm)}`,
          overrides: alarm.overrides,
          blind: alarm.blind,
        }));
    fc.assert(
      fc.property(evening, (happenings) => {
        expect(ends(happenings, true)).toEqual(ends(happenings, false));
      }),
      { numRuns: 10 },
    );
  });
});
