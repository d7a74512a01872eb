import { describe, expect, it } from 'vitest';
import { registryPutSchema } from '../contract/command.ts';
import { defineDeviceType } from '../model/device-type.ts';
import { checkRegistryPut } from './check.ts';
import { hashSecret } from './credentials.ts';
import { emptyRegistry, registryCache } from './registry-cache.ts';

const title = { zh: '类型', en: 'Type' };
const types = {
  'gas-alarm': defineDeviceType({
    id: 'gas-alarm',
    title,
    layer: 'gas',
    measuresGas: true,
    measurements: {
      'alarm.ch4': { title, kind: 'number', unit: '%{LEL}' },
      'alarm.pressure': { title, kind: 'number', unit: 'kPa' },
      'alarm.fault': { title, kind: 'boolean', unit: '1' },
    },
  }),
  pole: defineDeviceType({ id: 'pole', title, layer: 'lighting', measurements: {} }),
};
const place = { name: '一号', lon: 112.6, lat: 26.9 };
const pole = (id: string, more: object = {}) => ({ id, type: 'pole', ...place, ...more });
const alarm = (id: string, more: object = {}) => ({
  id,
  type: 'gas-alarm',
  gas: 'natural',
  gasUnit: '%{LEL}',
  ...place,
  ...more,
});
const hash = hashSecret('a');
const token = (id: string, subject: string, more: object = {}) => ({
  id,
  subject,
  kind: 'token',
  hash,
  created: 0,
  ...more,
});

/** A registry that holds these records already. */
const holding = (records: object = {}) => registryCache({ ...emptyRegistry, ...registryPutSchema.parse(records) });
/** `device d-1 gas: …` for every fault of this put. */
const faultsOf = (put: object, cache = holding(), areas?: string[]) =>
  checkRegistryPut(registryPutSchema.parse(put), cache, types, areas).map((f) => `${f.where} ${f.field}: ${f.en}`);

describe('a put into the registry', () => {
  it('may be written when nothing is wrong with it', () => {
    const put = {
      sites: [{ id: 's-1', kind: 'restaurant', area: '430408', ...place }],
      gateways: [{ id: 'g-1', ...place }],
      devices: [
        alarm('a-1', {
          site: 's-1',
          gateway: 'g-1',
          area: '430408',
          units: { 'alarm.pressure': 'MPa', 'alarm.ch4': '[ppm]' },
        }),
        pole('p-1', {
          constants: { height: { value: 12, unit: 'm' } },
          installed: '2024-01-01',
          expires: '2034-01-01',
        }),
        pole('c-1', { mountedOn: 'p-1' }),
      ],
      credentials: [token('t-1', 'a-1'), token('t-2', 'g-1', { hash: hashSecret('b') })],
    };
    expect(faultsOf(put, holding(), ['430408'])).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    [
      'a type that is not there',
      pole('d', { type: 'Poles' }),
      /device d type: there is no device type "Poles"; did you mean "pole"\?/,
    ],
    [
      'a type named like a property of every object',
      pole('d', { type: 'constructor' }),
      /no device type "constructor"/,
    ],
    [
      'combustible gas without its gas',
      alarm('d', { gas: undefined }),
      /device d gas: .* measures combustible gas: declare which/,
    ],
    ['combustible gas without its unit', alarm('d', { gasUnit: undefined }), /device d gasUnit: .*declare the unit/],
    [
      'a unit for nothing',
      alarm('d', { units: { 'alarm.presure': 'MPa' } }),
      /no measurement "alarm.presure"; did you mean "alarm.pressure"\?/,
    ],
    ['a unit for a flag', alarm('d', { units: { 'alarm.fault': 'MPa' } }), /"alarm.fault" is no number/],
    [
      'a unit of another dimension',
      alarm('d', { units: { 'alarm.pressure': 'Cel' } }),
      /"Cel" cannot be converted to kPa/,
    ],
    [
      'an unknown unit',
      alarm('d', { units: { 'alarm.pressure': 'mpa' } }),
      /unit "mpa" is not known; did you mean "MPa"\?/,
    ],
    [
      'a constant in an unknown unit',
      pole('d', { constants: { Ps: { value: 1, unit: 'psi' } } }),
      /device d const.Ps: unit "psi" is not known/,
    ],
    ['a site that is not there', pole('d', { site: 's-9' }), /device d site: there is no site "s-9"/],
    ['a gateway that is not there', pole('d', { gateway: 'g-9' }), /device d gateway: there is no gateway "g-9"/],
    ['a mount that is not there', pole('d', { mountedOn: 'p-9' }), /device d mountedOn: there is no device "p-9"/],
    ['itself as its mount', pole('d', { mountedOn: 'd' }), /in a circle: d → d/],
    [
      'an area of another city',
      pole('d', { area: '430400' }),
      /device d area: the city has no area "430400"; did you mean "430408"\?/,
    ],
    [
      'an expiry before its installation',
      pole('d', { installed: '2026-01-02', expires: '2026-01-02' }),
      /device d expires: .* not after its installation/,
    ],
  ])('is refused with %s', (_, device, words) => {
    const faults = faultsOf({ devices: [device] }, holding(), ['430408']);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });

  it('may name what the registry holds already', () => {
    const cache = holding({
      devices: [pole('p-1')],
      sites: [{ id: 's-1', kind: 'street', ...place }],
      gateways: [{ id: 'g-1', ...place }],
    });
    expect(faultsOf({ devices: [pole('c-1', { mountedOn: 'p-1', site: 's-1', gateway: 'g-1' })] }, cache)).toEqual([]);
  });

  it('is refused with a circle of mounts, half of it in the registry', () => {
    const cache = holding({ devices: [pole('a', { mountedOn: 'b' }), pole('b')] });
    expect(faultsOf({ devices: [pole('b', { mountedOn: 'a' })] }, cache)).toEqual([
      'device b mountedOn: devices are mounted on each other in a circle: b → a → b',
    ]);
  });

  it('breaks a circle that the registry holds', () => {
    const cache = holding({ devices: [pole('a', { mountedOn: 'b' }), pole('b', { mountedOn: 'a' })] });
    expect(faultsOf({ devices: [pole('b')] }, cache)).toEqual([]);
    expect(faultsOf({ devices: [pole('c', { mountedOn: 'a' })] }, cache)).toEqual([]);
  });

  it.each(['devices', 'gateways'])('is refused under the id of the heartbeat of the alarm path, among %s', (list) => {
    const id = 'yanshao-heartbeat';
    expect(faultsOf({ [list]: [list === 'devices' ? pole(id) : { id, ...place }] })).toEqual([
      `${list.slice(0, -1)} ${id} id: id "${id}" belongs to the heartbeat of the alarm path: choose another`,
    ]);
  });

  it('is refused with an id that is given twice, or names a device and a gateway', () => {
    expect(faultsOf({ devices: [pole('d'), pole('d')] })).toEqual(['device d id: id "d" is given twice']);
    const words = 'id "x" names a device and a gateway; a credential could not tell them apart';
    expect(faultsOf({ devices: [pole('x')] }, holding({ gateways: [{ id: 'x', ...place }] }))).toEqual([
      `device x id: ${words}`,
    ]);
    expect(faultsOf({ gateways: [{ id: 'x', ...place }] }, holding({ devices: [pole('x')] }))).toEqual([
      `gateway x id: ${words}`,
    ]);
  });

  it('tells the line of the file that it came from', () => {
    const put = registryPutSchema.parse({ devices: [pole('d', { site: 's-9' })] });
    const [first] = checkRegistryPut(put, holding(), types, undefined, () => 'line 14');
    expect(first).toEqual({
      where: 'line 14',
      field: 'site',
      value: 's-9',
      zh: '没有场所 "s-9";请先登记该场所',
      en: 'there is no site "s-9": register it first',
    });
  });
});

describe('a credential', () => {
  const cache = () => holding({ devices: [pole('d-1'), pole('d-2')], credentials: [token('t-1', 'd-1')] });

  it.each<[string, object, RegExp]>([
    [
      'nobody',
      token('t-2', 'd-9', { hash: hashSecret('b') }),
      /credential t-2 subject: there is no device or gateway "d-9"/,
    ],
    ['a secret in the clear', token('t-2', 'd-2', { hash: 'geheim' }), /credential t-2 hash: must be the SHA-256/],
    ['no user name', token('t-2', 'd-2', { kind: 'password' }), /credential t-2 name: its user name is missing/],
    [
      'no fingerprint',
      token('t-2', 'd-2', { kind: 'certificate', hash: undefined }),
      /name: the certificate's fingerprint is missing/,
    ],
    ["another's token", token('t-2', 'd-2'), /credential t-2 hash: credential "t-1" has the same one/],
  ])('of %s is refused', (_, credential, words) => {
    const faults = faultsOf({ credentials: [credential] }, cache());
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });

  it('may be written again, and revoked', () => {
    expect(faultsOf({ credentials: [token('t-1', 'd-1')] }, cache())).toEqual([]);
    expect(faultsOf({ credentials: [token('t-1', 'd-1', { revoked: true })] }, cache())).toEqual([]);
  });

  it('may not share a user name with another of the same put', () => {
    const named = (id: string) => token(id, 'd-2', { kind: 'password', name: 'vendor' });
    expect(faultsOf({ credentials: [named('a'), named('b')] }, cache())).toEqual([
      'credential b name: credential "a" has the same one',
    ]);
  });
});

describe('a demonstration', () => {
  const invented = pole('demo-1', { demo: true });

  it('does not enter a registry of real devices', () => {
    expect(faultsOf({ devices: [invented] }, holding({ devices: [pole('real')] }))).toEqual([
      'device demo-1 demo: the registry holds real devices ("real"): a demonstration\'s cannot join them',
    ]);
    expect(faultsOf({ devices: [invented, pole('real')] })).toHaveLength(1);
  });

  it('goes on when a vendor tries a device of their own in it', () => {
    const cache = holding({ devices: [invented] });
    expect(faultsOf({ devices: [pole('real')] }, cache)).toEqual([]);
    const both = holding({ devices: [invented, pole('real')] });
    expect(faultsOf({ devices: [invented] }, both)).toEqual([]);
  });
});
