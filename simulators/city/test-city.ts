import type { DemoType } from '../../devices/city/demo.ts';
import type { LoadedCity } from '../../devices/city/load-city.ts';
import { campaignPolicySchema } from '../../devices/contract/campaign-policy.ts';
import { alarmPolicySchema } from '../../devices/contract/city.ts';
import { hazardPolicySchema } from '../../devices/contract/hazard-policy.ts';
import { ticketPolicySchema } from '../../devices/contract/ticket-policy.ts';

/** A made-up town for the simulators' tests: every simulated type, two areas, three gateways. */
const both = (zh: string, en: string) => ({ zh, en });
const everywhere = { north: 2, south: 1 };
const kind = (count: number, prefix: string, at: DemoType['at'], more: Partial<DemoType> = {}): DemoType => ({
  count,
  prefix,
  title: both(`设备${prefix}`, prefix),
  at,
  areas: everywhere,
  constants: {},
  facts: {},
  alongPipe: false,
  ...more,
});
const gas = { gas: 'natural', gasUnit: '%{LEL}' } as const;

export const testCity: LoadedCity = {
  dir: '/nowhere',
  geoDir: '/nowhere/geo',
  catalogue: {
    title: both('空', 'empty'),
    version: '0',
    warning: both('空', 'empty'),
    bases: {},
    procedures: {},
    domains: [],
    suppressions: [],
    changes: [],
  },
  city: {
    id: 'testtown',
    name: both('测试镇', 'Test Town'),
    fictional: true,
    timeZone: 'Asia/Shanghai',
    map: { center: [110, 27], zoom: 10, bounds: [109, 26, 111, 28], attribution: 'invented' },
    areas: [
      { code: 'north', name: both('北区', 'North'), urban: true },
      { code: 'south', name: both('南区', 'South'), urban: false },
    ],
    departments: [{ id: 'care', name: both('城管', 'Care') }],
    platformDepartment: 'care',
    alarmPolicy: alarmPolicySchema.parse({}),
    tickets: ticketPolicySchema.parse({}),
    hazards: hazardPolicySchema.parse({}),
    campaigns: campaignPolicySchema.parse({}),
    working: { hours: [['08:00', '12:00']], days: [1, 2, 3, 4, 5], holidays: [], makeUpDays: [] },
  },
  demo: {
    seed: 7,
    notice: both('全部虚构', 'all invented'),
    types: {
      'smart-pole': kind(60, 'pole', 'street', {
        constants: { ratedPower: { value: 120, unit: 'W' } },
        facts: { ev: { true: 1, false: 5 }, signal: { true: 1, false: 9 } },
        owner: 'care',
        maintainer: 'lamp-works',
      }),
      'pole-camera': kind(8, 'cam', 'street'),
      'gas-alarm-commercial': kind(40, 'alarm', 'restaurant', gas),
      'gas-alarm-household': kind(8, 'home', 'estate', { gas: 'natural', gasUnit: '%{VOL}' }),
      'gas-rtu': kind(4, 'rtu', 'station', gas),
      'underground-gas': kind(4, 'pit', 'street', { gas: 'natural', gasUnit: '[ppm]', alongPipe: true }),
      'pipe-guard': kind(3, 'guard', 'street'),
      'waste-bin': kind(30, 'bin', 'street', { facts: { wasteKind: { kitchen: 1, other: 2 } } }),
      'bike-zone': kind(2, 'bikes', 'street'),
      'env-station': kind(3, 'env', 'point'),
      'gully-sensor': kind(2, 'gully', 'street'),
      'manhole-sensor': kind(6, 'manhole', 'street'),
      'market-station': kind(1, 'market', 'market'),
      'sanitation-vehicle': kind(2, 'sweeper', 'point'),
      'shore-camera': kind(1, 'shore', 'shore'),
      'smoke-heat-sensor': kind(2, 'smoke', 'estate'),
      'soil-moisture-sensor': kind(2, 'soil', 'point'),
      'solar-light': kind(2, 'solar', 'point'),
      'sorting-station': kind(2, 'sort', 'estate'),
      'tilt-sensor': kind(2, 'board', 'street'),
      'toilet-sensor': kind(2, 'toilet', 'street'),
      'tree-tilt-sensor': kind(2, 'tree', 'street'),
      'waste-truck': kind(2, 'truck', 'point'),
      'water-level-sensor': kind(2, 'water', 'street'),
    },
    streets: [
      street('north-road', 'north', true, [110, 27], [110.012, 27.001]),
      street('north-lane', 'north', false, [110.002, 27.002], [110.002, 27.008]),
      street('south-road', 'south', true, [110.003, 26.98], [110.011, 26.979]),
    ],
    restaurantNames: {
      first: [both('张记', 'Zhang'), both('老李', 'Old Li')],
      dish: [both('鱼粉', 'fish noodles'), both('土菜', 'home cooking')],
      house: [both('馆', 'house'), both('店', 'shop')],
    },
    sites: [
      site('station-a', 'station', 'north', 110.004, 27.003, 2.5),
      site('station-b', 'station', 'south', 110.006, 26.981, 80),
      site('estate-a', 'estate', 'north', 110.006, 27.004),
      site('market-a', 'market', 'north', 110.008, 27.002),
      site('shore-a', 'shore', 'south', 110.001, 26.982),
    ],
    gateways: [
      gateway('gw-stations', 'north', ['gas-rtu'], []),
      gateway(
        'gw-north',
        'north',
        ['smart-pole', 'pole-camera', 'waste-bin', 'manhole-sensor', 'underground-gas'],
        ['north'],
      ),
      gateway(
        'gw-south',
        'south',
        ['smart-pole', 'pole-camera', 'waste-bin', 'manhole-sensor', 'underground-gas'],
        ['south'],
      ),
    ],
    pipes: [{ id: 'main', name: both('主管', 'main'), street: 'north-road', pressure: 'low' }],
    valves: [{ id: 'stop', name: both('阀', 'stop'), pipe: 'main', atM: 100 }],
    crews: [],
    records: [
      {
        kind: 'permit',
        id: 'dig',
        name: both('开挖', 'dig'),
        reference: 'X-1',
        who: 'nobody',
        street: 'north-road',
        atM: 50,
        radiusM: 80,
        fromDay: -1,
        toDay: 2,
      },
    ],
    replay: [],
  },
};

type Demo = NonNullable<LoadedCity['demo']>;

function street(
  id: string,
  area: string,
  main: boolean,
  from: [number, number],
  to: [number, number],
): Demo['streets'][number] {
  return { id, name: both(`${id}路`, id), area, main, line: [from, to], invented: true };
}

function site(
  id: string,
  kindOf: Demo['sites'][number]['kind'],
  area: string,
  lon: number,
  lat: number,
  ps?: number,
): Demo['sites'][number] {
  const constants: Demo['sites'][number]['constants'] = ps
    ? {
        Ps: { value: ps, unit: 'kPa' },
        MOP: { value: 0.4, unit: 'MPa' },
        Qmax: { value: 1200, unit: 'm3/h' },
        span: { value: 2 * ps, unit: 'kPa' },
        baseline30d: { value: 70, unit: 'm3/h' },
      }
    : {};
  return { id, kind: kindOf, name: both(`场所${id}`, id), area, lon, lat, constants, invented: true };
}

function gateway(id: string, area: string, types: string[], areas: string[]): Demo['gateways'][number] {
  return { id, name: both(`网关${id}`, id), area, lon: 110.005, lat: 27, types, areas };
}
