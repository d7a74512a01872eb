import type { Demo, DemoSite, DemoStreet, DemoType } from '../../devices/city/demo.ts';
import type { Site } from '../../devices/contract/registry.ts';
import { along, lineLength, moved, type Place } from '../../kit/metres.ts';
import { Problem } from '../../kit/problem.ts';
import type { Dice } from './chance.ts';

/** Where one device stands, and what follows for it from standing there. */
export interface Stand extends Place {
  readonly area: string;
  /** Name of the place in both languages; the device's own title is appended. */
  readonly at: { readonly zh: string; readonly en: string };
  readonly address?: string;
  readonly site?: string;
  readonly circuit?: string;
  /** The street it stands on. */
  readonly street?: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly constants: DemoSite['constants'];
}

/** Lamp columns of one lighting circuit. */
const POLES_A_CIRCUIT = 10;
const POLE_SPACING_M = 35;

/** Deals `count` over weighted keys by largest remainder, so that the parts sum to `count`. */
export function shares(weights: Readonly<Record<string, number>>, count: number): Map<string, number> {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const exact = Object.entries(weights).map(([key, weight]) => ({ key, part: (count * weight) / total }));
  const dealt = new Map(exact.map(({ key, part }) => [key, Math.floor(part)]));
  let left = count - [...dealt.values()].reduce((sum, n) => sum + n, 0);
  for (const { key } of [...exact].sort((a, b) => (b.part % 1) - (a.part % 1) || a.key.localeCompare(b.key))) {
    if (left-- <= 0) break;
    dealt.set(key, dealt.get(key)! + 1);
  }
  return dealt;
}

/** Finds a stand for every device of a type, and the sites that had to be made up for it. */
export interface Placer {
  stands(typeId: string, type: DemoType, count: number): Stand[];
  /** Sites of the demonstration, and the restaurants invented so far. */
  sites(): Site[];
}

/** A {@link Placer} over the streets and sites of one demonstration. */
export function placer(demo: Demo, random: Dice): Placer {
  const invented: Site[] = [];
  const circuits = new Map<string, number>();

  return {
    sites: () => [...demo.sites.map(toSite), ...invented],
    stands(typeId, type, count) {
      const dealt = [...shares(type.areas, count)];
      return dealt.flatMap(([area, n]) => inArea(typeId, type, area, n));
    },
  };

  function inArea(typeId: string, type: DemoType, area: string, n: number): Stand[] {
    if (n === 0) return [];
    if (type.at === 'street') return alongStreets(typeId, area, n);
    if (type.at === 'point') return Array.from({ length: n }, () => nearby(typeId, area));
    const sites = demo.sites.filter((site) => site.kind === type.at && site.area === area);
    if (type.at === 'restaurant') return Array.from({ length: n }, (_, i) => atRestaurant(typeId, area, sites[i]));
    if (sites.length === 0) {
      const elsewhere = demo.sites.filter((site) => site.kind === type.at);
      if (elsewhere.length === 0) {
        throw new Problem(`demo.yaml: type ${typeId} stands at a ${type.at}, and there is no site of that kind`);
      }
      return Array.from({ length: n }, (_, i) => atSite(elsewhere[i % elsewhere.length]!, i));
    }
    return Array.from({ length: n }, (_, i) => atSite(sites[i % sites.length]!, i));
  }

  /** Lamps stand evenly in circuits of ten; anything else is set down somewhere along the line. */
  function alongStreets(typeId: string, area: string, n: number): Stand[] {
    const streets = demo.streets.filter((street) => street.area === area);
    if (streets.length === 0) return Array.from({ length: n }, () => nearby(typeId, area));
    const lengths = Object.fromEntries(streets.map((street) => [street.id, lineLength(points(street))]));
    return [...shares(lengths, n)].flatMap(([id, part]) => {
      const street = streets.find((one) => one.id === id)!;
      return typeId === 'smart-pole' ? lampsOf(street, part) : spread(street, part);
    });
  }

  function lampsOf(street: DemoStreet, n: number): Stand[] {
    const line = points(street);
    const spacing = Math.min(POLE_SPACING_M, lineLength(line) / Math.max(1, n - 1));
    const before = circuits.get(street.id) ?? 0;
    circuits.set(street.id, before + Math.ceil(n / POLES_A_CIRCUIT));
    return Array.from({ length: n }, (_, i) => ({
      ...onStreet(street, along(line, i * spacing)),
      circuit: `${street.id}-c${before + Math.floor(i / POLES_A_CIRCUIT) + 1}`,
    }));
  }

  function spread(street: DemoStreet, n: number): Stand[] {
    const line = points(street);
    const length = lineLength(line);
    return Array.from({ length: n }, () => {
      const place = along(line, random.between(0, length));
      return onStreet(street, moved(place, random.between(-12, 12), random.between(-12, 12)));
    });
  }

  function onStreet(street: DemoStreet, place: Place): Stand {
    return {
      ...place,
      area: street.area,
      street: street.id,
      at: street.name,
      address: street.name.zh,
      facts: { road: street.main ? 'main' : 'side' },
      constants: {},
    };
  }

  /** A known restaurant site, or an invented one on a street of the area. */
  function atRestaurant(typeId: string, area: string, known: DemoSite | undefined): Stand {
    if (known) return atSite(known, 0);
    const { first, dish, house } = demo.restaurantNames;
    const [a, b, c] = [random.pick(first), random.pick(dish), random.pick(house)];
    const place = nearby(typeId, area);
    const site: Site = {
      id: `demo-restaurant-${String(invented.length + 1).padStart(3, '0')}`,
      kind: 'restaurant',
      name: `${a.zh}${b.zh}${c.zh}（虚构）`,
      nameEn: `${a.en} ${b.en} ${c.en} (invented)`,
      lon: place.lon,
      lat: place.lat,
      area,
      ...(place.address && { address: place.address }),
      contact: `虚构联系人 ${invented.length + 1} / invented contact ${invented.length + 1}`,
      demo: true,
    };
    invented.push(site);
    return { ...place, at: { zh: site.name, en: site.nameEn! }, site: site.id };
  }

  function atSite(site: DemoSite, nth: number): Stand {
    // The second and later device of a site stands a few steps aside, so that both can be clicked on the map.
    const place = nth === 0 ? site : moved(site, random.between(-25, 25), random.between(-25, 25));
    return {
      lon: place.lon,
      lat: place.lat,
      area: site.area,
      at: site.name,
      site: site.id,
      ...(site.address && { address: site.address }),
      facts: {},
      constants: site.constants,
    };
  }

  /** Within a block of a street, or of a site where the area has no street. */
  function nearby(typeId: string, area: string): Stand {
    const streets = demo.streets.filter((street) => street.area === area);
    if (streets.length > 0) {
      const street = random.pick(streets);
      const line = points(street);
      const place = along(line, random.between(0, lineLength(line)));
      return onStreet(street, moved(place, random.between(-60, 60), random.between(-60, 60)));
    }
    const anchors = [...demo.sites, ...demo.gateways].filter((one) => one.area === area);
    if (anchors.length === 0) {
      throw new Problem(
        `demo.yaml: type ${typeId} has a share in area ${area}, where there is no street, site or gateway to place it near`,
      );
    }
    const anchor = random.pick(anchors);
    const place = moved(anchor, random.between(-250, 250), random.between(-250, 250));
    return { ...place, area, at: anchor.name, facts: {}, constants: {} };
  }
}

const points = (street: DemoStreet): Place[] => street.line.map(([lon, lat]) => ({ lon, lat }));

function toSite(site: DemoSite): Site {
  return {
    id: site.id,
    kind: site.kind === 'shore' ? 'other' : site.kind,
    name: site.invented ? `${site.name.zh}（虚构）` : site.name.zh,
    nameEn: site.invented ? `${site.name.en} (invented)` : site.name.en,
    lon: site.lon,
    lat: site.lat,
    area: site.area,
    ...(site.address && { address: site.address }),
    demo: true,
  };
}
