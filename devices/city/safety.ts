import type { Priority } from '../contract/alarm.ts';
import type { Catalogue } from '../contract/catalogue.ts';
import type { Overlay } from '../contract/overlay.ts';
import { deviceTypes } from '../types/registry.ts';
import { itemsOf } from './items-of.ts';
import { measurementsOf } from './measurements-judged.ts';
import { withOverlays } from './overlays.ts';

/**
 * Whether a P1 or P2 rule of the catalogue judges a measurement of a device type: such readings keep a reserved share of
 * the journal, so that a slow store never blinds the alarms.
 */
export function safetyMeasurements(catalogue: Catalogue): (deviceType: string, measurement: string) => boolean {
  return measurementsJudged(catalogue, ['P1', 'P2']);
}

/** Whether a P3 rule judges a measurement: when the journal fills, such readings wait after those that no rule judges. */
export function judgedMeasurements(catalogue: Catalogue): (deviceType: string, measurement: string) => boolean {
  return measurementsJudged(catalogue, ['P3']);
}

/** The same question of the standards in force, whichever those are when it is asked. */
export function followed<R extends readonly unknown[], A>(
  city: { readonly catalogue: Catalogue; readonly overlays?: readonly Overlay[] },
  make: (catalogue: Catalogue) => (...asked: R) => A,
): (...asked: R) => A {
  let of: Catalogue | undefined;
  let answer: ((...asked: R) => A) | undefined;
  return (...asked) => {
    if (!answer || of !== city.catalogue) {
      of = city.catalogue;
      answer = make(everywhere(of, city.overlays ?? []));
    }
    return answer(...asked);
  };
}

/** The catalogue with all that any place has beside: what is urgent in one place is urgent. */
const everywhere = (catalogue: Catalogue, overlays: readonly Overlay[]): Catalogue => ({
  ...catalogue,
  domains: [...catalogue.domains, ...overlays.flatMap((one) => withOverlays(catalogue, [one]).catalogue.domains)],
});

function measurementsJudged(catalogue: Catalogue, priorities: readonly Priority[]) {
  const judged = new Set<string>();
  for (const item of itemsOf(catalogue)) {
    for (const rule of item.rules) {
      if (!priorities.includes(rule.priority)) continue;
      for (const one of measurementsOf(item, rule, deviceTypes)) judged.add(one);
    }
  }
  return (deviceType: string, measurement: string): boolean =>
    judged.has(`${deviceType}/${measurement}`) || judged.has(`${deviceType}/*`);
}
