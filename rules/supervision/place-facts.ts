import type { Kysely } from 'kysely';
import { itemsOf } from '../../devices/city/items-of.ts';
import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Catalogue, Item } from '../../devices/contract/catalogue.ts';
import type { City } from '../../devices/contract/city.ts';
import type { Device } from '../../devices/contract/registry.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import type { CellFact, DeviceFact, SampleFinding, SiteFact } from '../../devices/supervision/facts.ts';
import type { Place } from '../../devices/supervision/sample.ts';
import type { RulesTables } from '../store/migrations.ts';

type Registry = Pick<RegistryCache, 'devices' | 'sites' | 'site'>;

/** Devices that watch nothing now: taken out of service as a whole, or silent. */
export async function blindDevices(db: Kysely<RulesTables>, catalogue: Catalogue): Promise<ReadonlySet<string>> {
  const out = await db
    .selectFrom('overrides')
    .select('device')
    .where('rule', '=', '')
    .where('kind', '=', 'out-of-service')
    .execute();
  const blind = new Set(out.map(({ device }) => device));
  const silence = silenceRules(catalogue);
  const rows = await db.selectFrom('alarms').select('body').where('open', '=', 1).execute();
  for (const { body } of rows) {
    const { device, rule, active } = JSON.parse(body) as Alarm;
    if (active && silence.has(rule)) blind.add(device);
  }
  return blind;
}

/** Rules by which a device is called silent, as alarms name them. */
function silenceRules(catalogue: Catalogue): ReadonlySet<string> {
  const absences = itemsOf(catalogue).flatMap(({ code, rules }) =>
    rules.filter(({ kind }) => kind === 'absence').map(({ id }) => `${code}.${id}`),
  );
  return new Set(['platform.silent', ...absences]);
}

/** What is observed where, now: every item in every area, every site, every device. `visits` are those of the period. */
export function placeFacts(
  { areas }: Pick<City, 'areas'>,
  catalogue: Catalogue,
  registry: Registry,
  blind: ReadonlySet<string>,
  visits: readonly SampleFinding[],
): { readonly cells: CellFact[]; readonly sites: SiteFact[]; readonly devices: DeviceFact[] } {
  const items = itemsOf(catalogue);
  const devices = [...registry.devices()].filter(({ drill }) => drill === undefined);
  const watching = new Set(devices.filter(({ id }) => !blind.has(id)).map(({ type, area }) => `${type}@${area}`));
  const visited = new Set(visits.map(({ item, area }) => `${item}@${area}`));
  const led = departmentsByType(items);
  return {
    cells: items.flatMap(({ code, leadDepartment, deviceType }) =>
      areas.map(({ code: area }) => ({
        id: `${code}@${area}`,
        department: leadDepartment,
        area,
        observed: watching.has(`${deviceType}@${area}`) || visited.has(`${code}@${area}`),
      })),
    ),
    sites: siteFacts(registry, devices, blind),
    devices: devices.map(({ id, type, area }) => ({
      id,
      departments: led.get(type) ?? [],
      area: area ?? null,
      inService: !blind.has(id),
    })),
  };
}

function departmentsByType(items: readonly Item[]): ReadonlyMap<string, readonly string[]> {
  const byType = new Map<string, string[]>();
  for (const { deviceType, leadDepartment } of items) {
    const known = byType.get(deviceType) ?? [];
    if (!known.includes(leadDepartment)) byType.set(deviceType, [...known, leadDepartment]);
  }
  return byType;
}

function siteFacts(registry: Registry, devices: readonly Device[], blind: ReadonlySet<string>): SiteFact[] {
  const types = new Map<string, Set<string>>();
  for (const { id, site, type } of devices) {
    if (site === undefined || blind.has(id)) continue;
    types.set(site, (types.get(site) ?? new Set()).add(type));
  }
  return [...registry.sites()].map(({ id, kind, area }) => ({
    id,
    kind,
    department: '',
    area: area ?? null,
    types: [...(types.get(id) ?? [])],
  }));
}

/** Where somebody may look, under which category: the site of a device, or the device where it stands at none. */
export function placesToVisit(catalogue: Catalogue, registry: Registry): Place[] {
  const byType = new Map<string, Set<string>>();
  for (const { code, deviceType } of itemsOf(catalogue))
    byType.set(deviceType, (byType.get(deviceType) ?? new Set()).add(categoryOf(code)));
  const places = new Map<string, Place>();
  for (const device of registry.devices()) {
    if (device.drill !== undefined) continue;
    const site = device.site === undefined ? undefined : registry.site(device.site);
    const { id, name, lon, lat, area = device.area } = site ?? device;
    if (area === undefined) continue;
    for (const category of byType.get(device.type) ?? []) {
      const key = `${area}/${category}/${id}`;
      places.set(key, { place: id, kind: site ? 'site' : 'device', name, area, category, lon, lat });
    }
  }
  return [...places.values()];
}

/** `G05` of `G05-14`. */
export const categoryOf = (item: string): string => item.slice(0, item.indexOf('-'));
