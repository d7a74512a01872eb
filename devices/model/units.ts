/**
 * Units are UCUM codes. Devices may count in a unit other than the canonical one of their measurement; conversion
 * happens once, at admission. Combustible gas is special: %LEL, %VOL and ppm convert into each other by the lower
 * explosive limit of the gas, which the device's registration declares.
 */
export type UnitCode = string;

export type Gas = 'natural' | 'lpg' | 'manufactured';

/**
 * Lower explosive limit in %VOL.
 * Methane (natural gas) 5.0: 100 %LEL = 5 %VOL = 50,000 ppm. Propane stands for LPG: 2.1 (background). Manufactured
 * (town) gas varies with its hydrogen share; 5.3 is a background figure and a city may replace it per device.
 */
export const lowerExplosiveLimit: Readonly<Record<Gas, number>> = { natural: 5.0, lpg: 2.1, manufactured: 5.3 };

/** factor and offset to a base unit of the same dimension: base = value * factor + offset. */
const linear: Readonly<Record<string, { dimension: string; factor: number; offset?: number }>> = {
  '1': { dimension: 'number', factor: 1 },
  '%': { dimension: 'number', factor: 0.01 },
  Pa: { dimension: 'pressure', factor: 1 },
  kPa: { dimension: 'pressure', factor: 1e3 },
  MPa: { dimension: 'pressure', factor: 1e6 },
  bar: { dimension: 'pressure', factor: 1e5 },
  Cel: { dimension: 'temperature', factor: 1, offset: 273.15 },
  K: { dimension: 'temperature', factor: 1 },
  '[degF]': { dimension: 'temperature', factor: 5 / 9, offset: 459.67 * (5 / 9) },
  'Cel/min': { dimension: 'heating', factor: 1 },
  mm: { dimension: 'length', factor: 1e-3 },
  cm: { dimension: 'length', factor: 1e-2 },
  m: { dimension: 'length', factor: 1 },
  km: { dimension: 'length', factor: 1e3 },
  ms: { dimension: 'time', factor: 1e-3 },
  s: { dimension: 'time', factor: 1 },
  min: { dimension: 'time', factor: 60 },
  h: { dimension: 'time', factor: 3600 },
  d: { dimension: 'time', factor: 86_400 },
  a: { dimension: 'time', factor: 31_557_600 },
  mV: { dimension: 'voltage', factor: 1e-3 },
  V: { dimension: 'voltage', factor: 1 },
  mA: { dimension: 'current', factor: 1e-3 },
  A: { dimension: 'current', factor: 1 },
  W: { dimension: 'power', factor: 1 },
  kW: { dimension: 'power', factor: 1e3 },
  'W.h': { dimension: 'energy', factor: 1 },
  'kW.h': { dimension: 'energy', factor: 1e3 },
  g: { dimension: 'mass', factor: 1e-3 },
  kg: { dimension: 'mass', factor: 1 },
  t: { dimension: 'mass', factor: 1e3 },
  L: { dimension: 'volume', factor: 1e-3 },
  m3: { dimension: 'volume', factor: 1 },
  'm3/h': { dimension: 'flow', factor: 1 },
  'L/min': { dimension: 'flow', factor: 0.06 },
  'ug/m3': { dimension: 'concentration', factor: 1e-3 },
  'mg/m3': { dimension: 'concentration', factor: 1 },
  'm/s': { dimension: 'speed', factor: 1 },
  'km/h': { dimension: 'speed', factor: 1 / 3.6 },
  deg: { dimension: 'angle', factor: 1 },
  dB: { dimension: 'level', factor: 1 },
  lx: { dimension: 'light', factor: 1 },
  '[ppm]': { dimension: 'gas', factor: 1e-4 },
  '%{VOL}': { dimension: 'gas', factor: 1 },
  '%{LEL}': { dimension: 'gas', factor: 1 },
};

/** True for a unit this platform can compute with. */
export const isUnit = (code: string): code is UnitCode => Object.hasOwn(linear, code);

/** All unit codes known here, for schemas and documents. */
export const unitCodes: readonly UnitCode[] = Object.keys(linear);

export type Conversion = { convert: (value: number) => number } | { refused: string };

/**
 * A function from `from` to `to`. `gas` is needed when one side is %LEL; asking without it, or across dimensions, is
 * refused with a reason.
 */
export function conversion(from: UnitCode, to: UnitCode, gas?: Gas): Conversion {
  if (from === to) return { convert: (value) => value };
  const a = linear[from];
  const b = linear[to];
  if (!a) return { refused: `unit "${from}" is not known` };
  if (!b) return { refused: `unit "${to}" is not known` };
  if (a.dimension !== b.dimension) return { refused: `${from} (${a.dimension}) cannot become ${to} (${b.dimension})` };
  const lel = (unit: UnitCode): number | undefined => {
    if (unit !== '%{LEL}') return 1;
    return gas ? lowerExplosiveLimit[gas] / 100 : undefined;
  };
  const fromScale = lel(from);
  const toScale = lel(to);
  if (fromScale === undefined || toScale === undefined) {
    return { refused: `${from} to ${to} needs the device's gas: declare natural, lpg or manufactured` };
  }
  const factor = (a.factor * fromScale) / (b.factor * toScale);
  const offset = ((a.offset ?? 0) - (b.offset ?? 0)) / b.factor;
  return { convert: (value) => value * factor + offset };
}

const timeUnitsZh: Readonly<Record<string, string>> = { s: '秒', min: '分钟', h: '小时', d: '天', a: '年' };

/** What people read: `%LEL`, `°C`, `µg/m³`. */
export function unitText(code: UnitCode, language: 'zh' | 'en' = 'en'): string {
  const time = language === 'zh' ? timeUnitsZh[code] : undefined;
  if (time) return time;
  const texts: Record<string, string> = {
    '1': '',
    '%{LEL}': '%LEL',
    '%{VOL}': '%VOL',
    '[ppm]': 'ppm',
    Cel: '°C',
    'Cel/min': '°C/min',
    deg: '°',
    'ug/m3': 'µg/m³',
    'mg/m3': 'mg/m³',
    m3: 'm³',
    'm3/h': 'm³/h',
    'kW.h': 'kWh',
    'W.h': 'Wh',
    a: 'yr',
  };
  return texts[code] ?? code;
}
