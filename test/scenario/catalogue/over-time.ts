import type { At, Readings } from './duty-log.ts';

/** What the desk shows of the rule: nothing, or its state in ISA-18.2's words. */
export type Shows = 'quiet' | 'unack' | 'rtn-unack' | 'latched-unack';

/**
 * A line of the log: when (`10:05`, `1d02:00` for the next day, `10:00–10:14 every 60`), what is reported (null: nothing is),
 * what stands there then, and how much the report is worth.
 */
export type Line = readonly [when: string, what: Readings | null, shows: Shows, worth?: 'bad' | 'uncertain'];

/** A rule that looks back over time, as the desk lives through it. Figures are written by hand, as in `duty-log.ts`. */
export interface Log {
  readonly rule: string;
  readonly title: string;
  readonly at: At;
  /** Devices beside it: `d2`, `d3`, … */
  readonly beside?: readonly At[];
  readonly lines: readonly Line[];
}

const station: At = { type: 'gas-rtu' };
const air: At = { type: 'env-station' };
const toilet: At = { type: 'toilet-sensor' };
const market: At = { type: 'market-station' };
const sorting: At = { type: 'sorting-station' };
const bin: At = { type: 'waste-bin' };
const fence: At = { type: 'methane-fence-line', gasUnit: '[ppm]' };
const staffed: At = { type: 'gas-alarm-household', facts: { manned: true } };

const windows: readonly Log[] = [
  {
    rule: 'C04-02.bin-fire-rate',
    title: 'a bin that heats up by more than eight degrees a minute',
    at: bin,
    lines: [
      ['10:00', { 'bin.temperature': 20 }, 'quiet'],
      ['10:01', { 'bin.temperature': 27 }, 'quiet'],
      ['10:02', { 'bin.temperature': 35 }, 'quiet'],
      ['10:02:30', { 'bin.temperature': 55 }, 'quiet', 'bad'],
      ['10:03', { 'bin.temperature': 45 }, 'unack'],
      ['10:04', { 'bin.temperature': 45 }, 'unack', 'uncertain'],
      ['10:05', { 'bin.temperature': 45 }, 'latched-unack'],
    ],
  },
  {
    rule: 'C04-06.mis-sort',
    title: 'a sorting station whose waste is badly sorted for a day',
    at: sorting,
    lines: [
      ['00:00–23:00 every 3600', { 'sorting.misSortRatio': 15 }, 'quiet'],
      ['1d00:00', { 'sorting.misSortRatio': 15 }, 'unack'],
      ['1d01:00–1d11:00 every 3600', { 'sorting.misSortRatio': 0 }, 'unack'],
      ['1d12:00–1d13:00 every 3600', { 'sorting.misSortRatio': 0 }, 'rtn-unack'],
      ['1d14:00–1d20:00 every 3600', { 'sorting.misSortRatio': 100 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'C04-06.trace-gap',
    title: 'a sorting station whose bins took in more in a day than was handed to trucks',
    at: { ...sorting, site: 'estate-1' },
    lines: [
      ['00:00', { 'sorting.binKg': 0, 'sorting.truckKg': 0 }, 'quiet'],
      ['08:00', { 'sorting.binKg': 100, 'sorting.truckKg': 98 }, 'quiet'],
      ['16:00', { 'sorting.binKg': 200, 'sorting.truckKg': 196 }, 'quiet'],
      ['23:00', { 'sorting.binKg': 260, 'sorting.truckKg': 255 }, 'quiet'],
      ['1d00:30', { 'sorting.binKg': 0, 'sorting.truckKg': 0 }, 'quiet'],
      ['1d08:00', { 'sorting.binKg': 100, 'sorting.truckKg': 60 }, 'quiet', 'bad'],
      ['1d08:10', null, 'quiet'],
      ['1d08:11', { 'sorting.binKg': 100, 'sorting.truckKg': 60 }, 'quiet'],
      ['1d08:20', null, 'unack'],
      ['1d16:00', { 'sorting.binKg': 200, 'sorting.truckKg': 100 }, 'unack', 'bad'],
      ['1d16:11', { 'sorting.binKg': 200, 'sorting.truckKg': 196 }, 'unack'],
      ['1d16:20', null, 'rtn-unack'],
      ['1d20:00', { 'sorting.binKg': 900, 'sorting.truckKg': 196 }, 'rtn-unack', 'bad'],
      ['1d20:10', null, 'rtn-unack'],
    ],
  },
  {
    rule: 'C05-01.site-pm10',
    title: 'dust over a building site, as the mean of an hour',
    at: air,
    lines: [
      ['08:00–09:00 every 60', { 'env.pm10': 140 }, 'quiet'],
      ['09:01–09:15 every 60', { 'env.pm10': 170 }, 'quiet'],
      ['09:16–09:25 every 60', { 'env.pm10': 170 }, 'unack'],
      ['09:26–09:48 every 60', { 'env.pm10': 100 }, 'unack'],
      ['09:49–10:12 every 60', { 'env.pm10': 100 }, 'rtn-unack'],
      ['10:13–11:30 every 60', { 'env.pm10': 900 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'C05-02.site-noise-night',
    title: 'noise of a building site after ten in the evening',
    at: air,
    lines: [
      ['21:00–21:58 every 60', { 'env.noiseLAeq': 60 }, 'quiet'],
      ['22:00–22:05 every 60', { 'env.noiseLAeq': 60 }, 'unack'],
      ['22:06–22:14 every 60', { 'env.noiseLAeq': 45 }, 'unack'],
      ['22:15–22:20 every 60', { 'env.noiseLAeq': 45 }, 'rtn-unack'],
      ['22:21–22:50 every 60', { 'env.noiseLAeq': 90 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'C05-02.site-noise-day',
    title: 'noise of a building site by day',
    at: air,
    lines: [
      ['10:00–10:19 every 60', { 'env.noiseLAeq': 75 }, 'quiet'],
      ['10:20–10:21 every 60', { 'env.noiseLAeq': 75 }, 'unack'],
      ['10:22–10:30 every 60', { 'env.noiseLAeq': 60 }, 'unack'],
      ['10:31–10:36 every 60', { 'env.noiseLAeq': 60 }, 'rtn-unack'],
      ['10:37–11:10 every 60', { 'env.noiseLAeq': 99 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'C05-02.site-noise-day',
    title: 'the same noise at night, which is another rule’s',
    at: air,
    lines: [['22:30–23:30 every 60', { 'env.noiseLAeq': 75 }, 'quiet']],
  },
  {
    rule: 'C05-02.site-noise-night',
    title: 'the same noise by day, which is another rule’s',
    at: air,
    lines: [['10:00–11:00 every 60', { 'env.noiseLAeq': 60 }, 'quiet']],
  },
  {
    rule: 'C08-01.toilet-nh3',
    title: 'ammonia in a public toilet for a quarter of an hour',
    at: toilet,
    lines: [
      ['10:00–10:14 every 60', { 'air.nh3': 0.4 }, 'quiet'],
      ['10:15–10:16 every 60', { 'air.nh3': 0.4 }, 'unack'],
      ['10:17–10:37 every 60', { 'air.nh3': 0.1 }, 'unack'],
      ['10:38–10:42 every 60', { 'air.nh3': 0.1 }, 'rtn-unack'],
      ['10:43–11:10 every 60', { 'air.nh3': 40 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'C08-01.toilet-h2s',
    title: 'hydrogen sulphide in a public toilet for a quarter of an hour',
    at: toilet,
    lines: [
      ['10:00–10:14 every 60', { 'air.h2s': 0.02 }, 'quiet'],
      ['10:15–10:16 every 60', { 'air.h2s': 0.02 }, 'unack'],
      ['10:17–10:39 every 60', { 'air.h2s': 0.001 }, 'unack'],
      ['10:40–10:44 every 60', { 'air.h2s': 0.001 }, 'rtn-unack'],
      ['10:45–11:10 every 60', { 'air.h2s': 19 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'S02-01.market-odour',
    title: 'ammonia in a market hall for a quarter of an hour',
    at: market,
    lines: [
      ['10:00–10:14 every 60', { 'air.nh3': 2 }, 'quiet'],
      ['10:15–10:16 every 60', { 'air.nh3': 2 }, 'unack'],
      ['10:17–10:37 every 60', { 'air.nh3': 0.5 }, 'unack'],
      ['10:38–10:42 every 60', { 'air.nh3': 0.5 }, 'rtn-unack'],
      ['10:43–11:10 every 60', { 'air.nh3': 40 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'S04-01.wind-high',
    title: 'a gale at a signboard, as the mean of two minutes',
    at: { type: 'tilt-sensor' },
    lines: [
      ['10:00:00–10:01:50 every 10', { 'env.windSpeed': 20 }, 'quiet'],
      ['10:02:00–10:02:10 every 10', { 'env.windSpeed': 20 }, 'unack'],
      ['10:02:20–10:02:40 every 10', { 'env.windSpeed': 5 }, 'unack'],
      ['10:02:50–10:03:10 every 10', { 'env.windSpeed': 5 }, 'rtn-unack'],
      ['10:03:20–10:06:00 every 10', { 'env.windSpeed': 55 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'G05-15.work-co',
    title: 'carbon monoxide where people work, as the mean of a quarter of an hour',
    at: staffed,
    lines: [
      ['10:00–10:14 every 60', { 'air.co': 30 }, 'quiet'],
      ['10:15–10:16 every 60', { 'air.co': 30 }, 'unack'],
      ['10:17–10:21 every 60', { 'air.co': 0 }, 'unack'],
      ['10:22–10:24 every 60', { 'air.co': 0 }, 'rtn-unack'],
      ['10:25–11:00 every 60', { 'air.co': 1900 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'G05-15.work-co',
    title: 'the same in a dwelling, where nobody works',
    at: { ...staffed, facts: {} },
    lines: [['10:00–10:40 every 60', { 'air.co': 30 }, 'quiet']],
  },
  {
    rule: 'G05-06.q-dead',
    title: 'a meter that has not moved for a day',
    at: station,
    lines: [
      ['00:00–23:00 every 3600', { 'rtu.flowTotal': 5000 }, 'quiet'],
      ['1d00:00', { 'rtu.flowTotal': 5000 }, 'quiet', 'bad'],
      ['1d00:00:01', { 'rtu.flowTotal': 5000 }, 'unack'],
      ['1d01:00', { 'rtu.flowTotal': 5001 }, 'rtn-unack'],
    ],
  },
  {
    rule: 'G05-09.rtu-frozen',
    title: 'a pressure that has not moved for six hours',
    at: station,
    lines: [
      ['00:00–05:00 every 3600', { 'rtu.outletPressure': 2.5 }, 'quiet'],
      ['06:00', { 'rtu.outletPressure': 2.5 }, 'quiet', 'bad'],
      ['06:00:01', { 'rtu.outletPressure': 2.5 }, 'unack'],
      ['07:00', { 'rtu.outletPressure': 2.51 }, 'rtn-unack'],
    ],
  },
  {
    rule: 'G05-11.vibration',
    title: 'three knocks at a pipe within ten minutes',
    at: { type: 'pipe-guard' },
    lines: [
      ['10:00', { 'guard.vibrationEvent': 1 }, 'quiet'],
      ['10:01', { 'guard.vibrationEvent': 1 }, 'quiet', 'bad'],
      ['10:02', { 'guard.vibrationEvent': 1 }, 'quiet'],
      ['10:04', { 'guard.vibrationEvent': 1 }, 'unack'],
      ['10:09:50', null, 'unack'],
      ['10:10:10', null, 'rtn-unack'],
    ],
  },
];

/** What one monitor reports, the one beside it reports too. */
const atBoth = (lines: readonly Line[]): readonly Line[] =>
  lines.map(([when, what, ...rest]) => [
    when,
    what && { ...what, ...Object.fromEntries(Object.entries(what).map(([name, value]) => [`d2 ${name}`, value])) },
    ...rest,
  ]);

const fenceLine: readonly Log[] = [
  {
    rule: 'G05-18.fence-plume',
    title: 'more than 0.6 ppm above the last half hour in three of ten minutes',
    at: fence,
    lines: [
      ['10:00–10:30 every 60', { 'fence.ch4': 2 }, 'quiet'],
      ['10:31–10:35 every 60', { 'fence.ch4': 2.5 }, 'quiet'],
      ['10:36–10:40 every 60', { 'fence.ch4': 9 }, 'quiet', 'bad'],
      ['10:41–10:42 every 60', { 'fence.ch4': 2.7 }, 'quiet'],
      ['10:43', { 'fence.ch4': 2.7 }, 'unack', 'uncertain'],
      ['10:44–11:20 every 60', { 'fence.ch4': 2 }, 'unack'],
      ['11:22–11:24 every 60', { 'fence.ch4': 2 }, 'rtn-unack'],
      ['11:25–11:40 every 60', { 'fence.ch4': 99 }, 'rtn-unack', 'bad'],
    ],
  },
  {
    rule: 'G05-18.fence-trace',
    title: 'a trace above the background, which rings nobody by itself',
    at: fence,
    lines: [
      ['10:00–10:30 every 60', { 'fence.ch4': 2 }, 'quiet'],
      ['10:31–10:50 every 60', { 'fence.ch4': 2.5 }, 'quiet'],
    ],
  },
  {
    rule: 'G05-18.fence-trace-two',
    title: 'a trace above the background at two monitors, twice in ten minutes each',
    at: fence,
    beside: [fence],
    lines: atBoth([
      ['10:00–10:30 every 60', { 'fence.ch4': 2 }, 'quiet'],
      ['10:31', { 'fence.ch4': 2.4 }, 'quiet'],
      ['10:32–10:33 every 60', { 'fence.ch4': 9 }, 'quiet', 'bad'],
      ['10:34', { 'fence.ch4': 2.4 }, 'unack'],
      ['10:35–11:08 every 60', { 'fence.ch4': 2 }, 'unack'],
      ['11:15–11:16 every 60', { 'fence.ch4': 2 }, 'rtn-unack'],
    ]),
  },
  {
    rule: 'G05-18.fence-trace-two',
    title: 'the same at one monitor alone',
    at: fence,
    lines: [
      ['10:00–10:30 every 60', { 'fence.ch4': 2 }, 'quiet'],
      ['10:31–10:50 every 60', { 'fence.ch4': 2.4 }, 'quiet'],
    ],
  },
];

const chamber: At = { type: 'underground-gas', lon: 112.6, lat: 26.9 };
/** 110 m and 220 m to the north of it. */
const next: At = { ...chamber, lat: 26.901 };
const second: At = { ...chamber, lat: 26.902 };
const inlet: At = { type: 'gas-rtu', circuit: 'p7', facts: { role: 'inlet' } };
const outlet: At = { ...inlet, facts: { role: 'outlet' } };

const together: readonly Log[] = [
  {
    rule: 'G05-06.night-min',
    title: 'gas that flows at night, against what flowed in the nights before',
    at: station,
    lines: [
      ['04:50', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['1d04:50', { 'rtu.nightMinFlow': 102 }, 'quiet'],
      ['2d04:50', { 'rtu.nightMinFlow': 98 }, 'quiet'],
      ['3d04:50', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['4d04:50', { 'rtu.nightMinFlow': 400 }, 'quiet', 'bad'],
      ['5d04:50', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['6d04:50', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['7d04:50', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['8d04:50', { 'rtu.nightMinFlow': 150 }, 'quiet'],
      ['9d04:50', { 'rtu.nightMinFlow': 151 }, 'unack'],
      ['9d04:51', { 'rtu.nightMinFlow': 100 }, 'unack', 'uncertain'],
      ['9d04:52', { 'rtu.nightMinFlow': 100 }, 'rtn-unack'],
    ],
  },
  {
    rule: 'G05-06.night-min',
    title: 'the same by day, when people cook',
    at: station,
    lines: [
      ['12:30', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['1d12:30', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['2d12:30', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['3d12:30', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['4d12:30', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['5d12:30', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['6d12:30', { 'rtu.nightMinFlow': 100 }, 'quiet'],
      ['7d12:30', { 'rtu.nightMinFlow': 900 }, 'quiet'],
    ],
  },
  {
    rule: 'G05-06.demand-odd',
    title: 'gas drawn on a Monday morning as if it were a Tuesday, when a canteen cooks',
    at: station,
    lines: [
      ['10:00–10:50 every 600', { 'rtu.flowRate': 100 }, 'quiet'],
      ['1d10:00–1d10:50 every 600', { 'rtu.flowRate': 250 }, 'quiet'],
      ['7d10:00–7d10:50 every 600', { 'rtu.flowRate': 102 }, 'quiet'],
      ['8d10:00–8d10:50 every 600', { 'rtu.flowRate': 245 }, 'quiet'],
      ['14d10:00–14d10:50 every 600', { 'rtu.flowRate': 98 }, 'quiet'],
      ['15d10:00–15d10:50 every 600', { 'rtu.flowRate': 252 }, 'quiet'],
      ['21d10:00', { 'rtu.flowRate': 900 }, 'quiet', 'bad'],
      ['21d10:05–21d10:19 every 60', { 'rtu.flowRate': 250 }, 'quiet'],
      ['21d10:20', { 'rtu.flowRate': 250 }, 'unack'],
      ['21d10:25', { 'rtu.flowRate': 100 }, 'unack', 'uncertain'],
      ['21d10:30–21d10:44 every 60', { 'rtu.flowRate': 100 }, 'unack'],
      ['21d10:45', { 'rtu.flowRate': 100 }, 'rtn-unack'],
      ['22d10:00–22d10:50 every 600', { 'rtu.flowRate': 250 }, 'rtn-unack'],
    ],
  },
  {
    rule: 'G05-06.unaccounted',
    title: 'a pipe section from which a tenth of the gas does not come out again',
    at: inlet,
    beside: [outlet],
    lines: [
      ['00:00', { 'rtu.flowTotal': 1000, 'd2 rtu.flowTotal': 5000 }, 'quiet'],
      ['08:00', { 'rtu.flowTotal': 1100, 'd2 rtu.flowTotal': 5096 }, 'quiet'],
      ['16:00', { 'rtu.flowTotal': 1200, 'd2 rtu.flowTotal': 5192 }, 'quiet'],
      ['1d00:00', { 'rtu.flowTotal': 1300, 'd2 rtu.flowTotal': 5288 }, 'quiet'],
      ['1d00:10', null, 'quiet'],
      ['1d08:00', { 'rtu.flowTotal': 1400, 'd2 rtu.flowTotal': 5288 }, 'quiet', 'bad'],
      ['1d08:01', { 'rtu.flowTotal': 1400, 'd2 rtu.flowTotal': 5348 }, 'quiet'],
      ['1d08:10', null, 'unack'],
      ['1d16:00', { 'rtu.flowTotal': 1500, 'd2 rtu.flowTotal': 5448 }, 'unack'],
      ['2d00:00', { 'rtu.flowTotal': 1600, 'd2 rtu.flowTotal': 5548 }, 'unack'],
      ['2d08:01', { 'rtu.flowTotal': 1700, 'd2 rtu.flowTotal': 5648 }, 'unack'],
      ['2d08:10', null, 'rtn-unack'],
    ],
  },
  {
    rule: 'G05-04.ssv-passing',
    title: 'a slam-shut valve that is closed and lets gas through for two minutes',
    at: station,
    lines: [
      ['10:00', { 'rtu.shutoffValveClosed': true, 'rtu.flowRate': 5 }, 'quiet'],
      ['10:01', { 'rtu.flowRate': 6 }, 'quiet', 'bad'],
      ['10:05', { 'rtu.flowRate': 6 }, 'quiet'],
      ['10:06:50', null, 'quiet'],
      ['10:07:10', null, 'unack'],
      ['10:08', { 'rtu.flowRate': 0 }, 'unack', 'uncertain'],
      ['10:10', { 'rtu.flowRate': 0 }, 'unack'],
      ['10:11:10', null, 'rtn-unack'],
    ],
  },
  {
    rule: 'G05-13.ug-trace',
    title: 'a trace of gas in one space, which is no alarm by itself',
    at: chamber,
    beside: [second],
    lines: [['10:00–10:30 every 300', { 'ug.ch4Vol': 0.4, 'd2 ug.ch4Vol': 0.4 }, 'quiet']],
  },
  {
    rule: 'G05-13.ug-spread',
    title: 'traces of gas in two spaces that are neighbours',
    at: chamber,
    beside: [next, second],
    lines: [
      ['10:00–10:10 every 300', { 'ug.ch4Vol': 0.3 }, 'quiet'],
      ['10:15–10:25 every 300', { 'd3 ug.ch4Vol': 0.3 }, 'quiet'],
      ['10:30', { 'd2 ug.ch4Vol': 0.25 }, 'quiet'],
      ['10:34', { 'd2 ug.ch4Vol': 0.25 }, 'quiet', 'bad'],
      ['10:35', { 'd2 ug.ch4Vol': 0.25 }, 'unack'],
      ['10:40', { 'ug.ch4Vol': 0, 'd2 ug.ch4Vol': 0, 'd3 ug.ch4Vol': 0 }, 'unack', 'uncertain'],
      ['10:45–10:50 every 300', { 'ug.ch4Vol': 0, 'd2 ug.ch4Vol': 0, 'd3 ug.ch4Vol': 0 }, 'unack'],
      ['11:14', null, 'unack'],
      ['11:17', null, 'rtn-unack'],
    ],
  },
];

/** A device that was heard at ten: `last` quiet moment, `then` it is missed; heard again, it has returned `after`. */
const silence = (
  rule: string,
  type: string,
  says: Readings,
  [last, then, again, after]: readonly [string, string, string, string],
): readonly Log[] => [
  {
    rule,
    title: 'a device that stops reporting; a bad reading shows that it lives',
    at: { type },
    lines: [
      ['10:00', says, 'quiet', 'bad'],
      [last, null, 'quiet'],
      [then, null, 'unack'],
      [again, says, again === after ? 'rtn-unack' : 'unack'],
      [after, again === after ? says : null, 'rtn-unack'],
    ],
  },
  {
    rule,
    title: 'a device that was registered at ten and is never heard',
    at: { type },
    lines: [
      ['10:00', null, 'quiet'],
      [last, null, 'quiet'],
      [then, null, 'unack'],
    ],
  },
];

const silences: readonly Log[] = [
  ...silence('C03-02.cover-silent', 'manhole-sensor', { 'manhole.coverTilt': 0 }, [
    '10:59:50',
    '11:00:10',
    '11:30',
    '11:30',
  ]),
  ...silence('C04-02.bin-silent', 'waste-bin', { 'bin.fillPercent': 10 }, ['12:59:50', '13:00:10', '13:30', '13:30']),
  ...silence('C06-01.shed-silent', 'smoke-heat-sensor', { 'fire.smoke': false }, [
    '10:59:50',
    '11:00:10',
    '11:30',
    '11:30',
  ]),
  ...silence('C07-04.pole-silent', 'smart-pole', { 'pole.tiltDelta': 0 }, ['10:29:50', '10:30:10', '10:40', '10:40']),
  ...silence('C09-01.water-silent', 'water-level-sensor', { 'road.waterDepth': 0 }, [
    '10:29:50',
    '10:30:10',
    '10:40',
    '10:40',
  ]),
  ...silence('G04-01.shore-silent', 'shore-camera', { 'camera.personInWaterZone': 0 }, [
    '10:09:50',
    '10:10:10',
    '10:20',
    '10:20',
  ]),
  ...silence('G05-09.rtu-silent', 'gas-rtu', { 'rtu.outletPressure': 2.5 }, [
    '10:04:50',
    '10:05:10',
    '10:10',
    '10:11:10',
  ]),
  ...silence('G05-11.guard-silent', 'pipe-guard', { 'guard.vibrationEvent': 0 }, [
    '10:14:50',
    '10:15:10',
    '10:20',
    '10:20',
  ]),
  ...silence('G05-13.ug-silent', 'underground-gas', { 'ug.ch4Vol': 0 }, ['10:59:50', '11:00:10', '11:30', '11:30']),
  ...silence('G05-14.com-silent', 'gas-alarm-commercial', { 'alarm.ch4': 0 }, [
    '10:09:50',
    '10:10:10',
    '10:20',
    '10:20',
  ]),
  ...silence('G05-15.home-silent', 'gas-alarm-household', { 'alarm.ch4': 0 }, [
    '10:59:50',
    '11:00:10',
    '11:30',
    '11:30',
  ]),
];

/** Rules over windows, of several devices or measurements, and silence. */
export const overTime: readonly Log[] = [...windows, ...fenceLine, ...together, ...silences];
