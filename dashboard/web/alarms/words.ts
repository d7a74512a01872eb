import { seatsOf } from '../../../devices/city/seats.ts';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { Item } from '../../../devices/contract/catalogue.ts';
import type { Value } from '../../../devices/contract/entry.ts';
import type { Point } from '../../../devices/contract/overrides.ts';
import { seatAddress } from '../../../devices/contract/pages.ts';
import { useCity } from '../api/city.ts';
import { valueText } from '../format/value.ts';
import { type TextKey, useTexts } from '../i18n/i18n.ts';

/** How alarms name places, clauses and departments in the page's language. */
export function usePlace() {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  const devices = useCity((state) => state.devices);
  const types = useCity((state) => state.types);
  const items = useCatalogueItems();
  const area = (code: string | null | undefined): string => {
    const found = city?.areas.find((one) => one.code === code);
    return found ? texts.pick(found.name) : (code ?? '');
  };
  const device = (alarm: Pick<Alarm, 'device' | 'deviceName'>): string => {
    const record = devices.get(alarm.device);
    const seat = city && seatsOf(city).find(({ id }) => seatAddress(id) === alarm.device);
    if (seat) return texts.pick(seat.name);
    return (texts.language === 'en' && record?.nameEn) || alarm.deviceName || alarm.device;
  };
  const site = (alarm: Pick<Alarm, 'device' | 'siteName'>): string => {
    const record = devices.get(alarm.device)?.siteRecord;
    return (texts.language === 'en' && record?.nameEn) || (alarm.siteName ?? '');
  };
  const department = (id: string): string => {
    const found = city?.departments.find((one) => one.id === id);
    return found ? texts.pick(found.name) : id;
  };
  const measurement = (alarm: Pick<Alarm, 'deviceType' | 'measurement'>): string => {
    const declared = types.get(alarm.deviceType)?.measurements[alarm.measurement];
    return declared ? texts.pick(declared.title) : '';
  };
  /** Without what stands in brackets, where room is short. */
  const shortDepartment = (id: string): string => department(id).split(/[（(]/)[0]?.trim() ?? id;
  const clause = (alarm: Pick<Alarm, 'clause' | 'rule'>): string => {
    const own = platformAlarms[alarm.rule];
    if (own) return texts(own);
    const item = items.get(alarm.clause.item);
    // What the platform says of itself has its English words as its problem.
    const english = item?.name.en ?? (alarm.clause.item ? alarm.clause.name : alarm.clause.problem);
    const name = texts.language === 'en' ? english : alarm.clause.name;
    return alarm.clause.item ? `${alarm.clause.item} ${name}` : name;
  };
  /** What lies under an override: the device, and the item of its rule unless it is all of it. */
  const point = ({ device: id, rule }: Point): string => {
    const name = device({ device: id, deviceName: devices.get(id)?.name ?? id });
    if (rule === null) return `${name} · ${texts('service.device')}`;
    const code = rule.split('.')[0] ?? '';
    const item = items.get(code);
    const own = platformAlarms[rule];
    return `${name} · ${own ? texts(own) : item ? `${code} ${texts.pick(item.name)}` : rule}`;
  };
  return {
    point,
    area,
    device,
    site,
    measurement,
    department,
    shortDepartment,
    clause,
    /** Area, then the device: what a banner or a title says. */
    full: (alarm: Alarm): string => [area(alarm.area), device(alarm)].filter(Boolean).join(' · '),
  };
}

/** A span of minutes in words: `30 分钟`, `8 小时`, `3 天`. */
export function useSpanText(): (minutes: number) => string {
  const texts = useTexts();
  return (minutes) => {
    if (minutes % 1440 === 0) return texts('span.days', { n: minutes / 1440 });
    return minutes % 60 === 0 ? texts('span.hours', { n: minutes / 60 }) : texts('span.minutes', { n: minutes });
  };
}

/** The platform's own alarms stand in no catalogue that would name them in both languages. */
const platformAlarms: Readonly<Record<string, TextKey>> = {
  'platform.path-blind': 'platform.path-blind',
  'platform.gateway-down': 'platform.gateway-down',
  'platform.journal-gap': 'platform.journal-gap',
  'platform.journal-filling': 'platform.journal-filling',
  'platform.journal-unwritable': 'platform.journal-unwritable',
  'platform.consumer-cut-off': 'platform.consumer-cut-off',
  'platform.store-stopped': 'platform.store-stopped',
  'platform.series-limit': 'platform.series-limit',
  'platform.clock-skew': 'platform.clock-skew',
  'platform.outbox-dropped': 'platform.outbox-dropped',
};

/** Items of the catalogue by code, empty until it has been read. */
export function useCatalogueItems(): ReadonlyMap<string, Item> {
  const standards = useCity((state) => state.standards);
  if (!standards) return none;
  const known = made.get(standards.catalogue);
  if (known) return known;
  const items = new Map<string, Item>();
  for (const domain of standards.catalogue.domains) {
    for (const category of domain.categories) for (const item of category.items) items.set(item.code, item);
  }
  made.set(standards.catalogue, items);
  return items;
}
const none: ReadonlyMap<string, Item> = new Map();
const made = new WeakMap<object, ReadonlyMap<string, Item>>();

/** Figure and unit of a value of an alarm, with the words of its measurement. */
export function useShownValue() {
  const texts = useTexts();
  const types = useCity((state) => state.types);
  const words = { yes: texts('value.yes'), no: texts('value.no'), none: texts('value.none') };
  return (alarm: Pick<Alarm, 'deviceType' | 'measurement' | 'unit'>, value: Value | null | undefined) =>
    valueText(value, alarm.unit, words, types.get(alarm.deviceType)?.measurements[alarm.measurement], texts.language);
}
