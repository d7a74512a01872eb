import { besideKinds, listed } from '../contract/beside.ts';
import type { RegistryPut } from '../contract/command.ts';
import type { Credential, Device } from '../contract/registry.ts';
import { HEARTBEAT_DEVICE } from '../heartbeat/heartbeat-device.ts';
import type { DeviceType } from '../model/device-type.ts';
import { conversion, isUnit, unitCodes } from '../model/units.ts';
import { checkBeside } from './check-beside.ts';
import { checkArea, type Say, type View } from './check-view.ts';
import { fingerprintOf } from './credentials.ts';
import { suggestion } from './did-you-mean.ts';
import { type Fault, fault } from './fault.ts';
import type { RegistryCache } from './registry-cache.ts';
import type { RegistryKind } from './registry-store.ts';

/** Names the place of a record in faults: `line 14` for a file, `device d-1` otherwise. */
export type WhereIs = (kind: RegistryKind, id: string) => string;

/**
 * Everything that is wrong with a put, seen against the registry it is meant for; an empty list means it may be written.
 * The records' own form is taken as given (`registryPutSchema`). `areas` are the city's area codes; without them any will do.
 */
export function checkRegistryPut(
  put: RegistryPut,
  cache: RegistryCache,
  types: Readonly<Record<string, DeviceType>>,
  areas?: Iterable<string>,
  whereIs: WhereIs = (kind, id) => `${kind} ${id}`,
): Fault[] {
  const faults: Fault[] = [];
  const devices = new Map(put.devices.map((device) => [device.id, device]));
  const sites = new Set(put.sites.map(({ id }) => id));
  const gateways = new Set(put.gateways.map(({ id }) => id));
  const view: View = {
    device: (id) => devices.get(id) ?? cache.device(id),
    isSite: (id) => sites.has(id) || cache.site(id) !== undefined,
    isGateway: (id) => gateways.has(id) || cache.isGateway(id),
    cache,
    types,
    areas: areas && new Set(areas),
  };
  const at = (kind: RegistryKind, id: string): Say => {
    return (field, value, zh, en) => faults.push(fault(whereIs(kind, id), field, value, zh, en));
  };

  for (const [kind, records] of [
    ['device', put.devices],
    ['site', put.sites],
    ['gateway', put.gateways],
    ['credential', put.credentials],
    ...besideKinds.map((kind) => [kind, listed(put, kind)] as const),
  ] as const) {
    checkTwice(records, (id) => at(kind, id));
  }
  for (const device of put.devices) checkDevice(device, view, at('device', device.id));
  for (const kind of ['device', 'gateway'] as const)
    for (const { id } of put[`${kind}s`]) if (id === HEARTBEAT_DEVICE) idReserved(id, at(kind, id));
  for (const site of put.sites) checkArea(site.area, view, at('site', site.id));
  for (const gateway of put.gateways) {
    checkArea(gateway.area, view, at('gateway', gateway.id));
    if (view.device(gateway.id)) idTaken(gateway.id, at('gateway', gateway.id));
  }
  checkCredentials(put.credentials, view, (id) => at('credential', id));
  checkBeside(put, view, at);
  checkDemo(put, cache, at);
  checkDrill(put, cache, at);
  return faults;
}

function checkTwice(records: readonly { id: string }[], at: (id: string) => Say): void {
  const seen = new Set<string>();
  for (const { id } of records) {
    if (seen.has(id)) at(id)('id', id, `编号 "${id}" 出现了两次`, `id "${id}" is given twice`);
    seen.add(id);
  }
}

function checkDevice(device: Device, view: View, say: Say): void {
  const type = Object.hasOwn(view.types, device.type) ? view.types[device.type] : undefined;
  if (!type) {
    const meant = suggestion(device.type, Object.keys(view.types));
    say(
      'type',
      device.type,
      `没有设备类型 "${device.type}"${meant.zh}`,
      `there is no device type "${device.type}"${meant.en}`,
    );
  } else {
    checkGas(device, type, say);
    checkUnits(device, type, say);
  }
  checkConstants(device, say);
  checkPlace(device, view, say);
  checkArea(device.area, view, say);
  if (view.isGateway(device.id)) idTaken(device.id, say);
  const { installed, expires } = device;
  if (installed && expires && expires <= installed) {
    say(
      'expires',
      expires,
      `到期日 ${expires} 不晚于安装日 ${installed}`,
      `it expires on ${expires}, which is not after its installation on ${installed}`,
    );
  }
  const { calibrated, calibrationDue } = device;
  if (calibrated && calibrationDue && calibrationDue < calibrated) {
    say(
      'calibrationDue',
      calibrationDue,
      `校准有效期 ${calibrationDue} 早于校准日 ${calibrated}`,
      `its calibration is good until ${calibrationDue}, which is before it was calibrated on ${calibrated}`,
    );
  }
}

const idTaken = (id: string, say: Say) =>
  say(
    'id',
    id,
    `编号 "${id}" 同时用于设备和网关;凭证将无法区分二者`,
    `id "${id}" names a device and a gateway; a credential could not tell them apart`,
  );

const idReserved = (id: string, say: Say) =>
  say(
    'id',
    id,
    `编号 "${id}" 由平台的报警通路心跳占用，请换一个编号`,
    `id "${id}" belongs to the heartbeat of the alarm path: choose another`,
  );

/** A concentration in an unknown unit of an unknown gas cannot be judged: 1 %VOL is 20 %LEL of methane and 48 of propane. */
function checkGas(device: Device, type: DeviceType, say: Say): void {
  if (!type.measuresGas) return;
  if (!device.gas) {
    say(
      'gas',
      device.gas,
      `类型 ${type.id} 测量可燃气体,须声明气种:natural(天然气)、lpg(液化石油气)或 manufactured(人工煤气)`,
      `a ${type.id} measures combustible gas: declare which, natural, lpg or manufactured`,
    );
  }
  if (!device.gasUnit) {
    say(
      'gasUnit',
      device.gasUnit,
      `类型 ${type.id} 测量可燃气体,须声明其计量单位:%{LEL}、%{VOL} 或 [ppm]`,
      `a ${type.id} measures combustible gas: declare the unit it counts in, %{LEL}, %{VOL} or [ppm]`,
    );
  }
}

function checkUnits(device: Device, type: DeviceType, say: Say): void {
  for (const [name, unit] of Object.entries(device.units ?? {})) {
    const field = `unit.${name}`;
    const measurement = Object.hasOwn(type.measurements, name) ? type.measurements[name] : undefined;
    if (!measurement) {
      const meant = suggestion(name, Object.keys(type.measurements));
      say(
        field,
        unit,
        `类型 ${type.id} 没有测量项 "${name}"${meant.zh}`,
        `a ${type.id} has no measurement "${name}"${meant.en}`,
      );
    } else if (measurement.kind !== 'number') {
      say(field, unit, `测量项 "${name}" 不是数值,没有单位`, `"${name}" is no number and has no unit`);
    } else {
      const to = conversion(unit, measurement.unit, device.gas);
      if ('refused' in to) {
        const meant = isUnit(unit) ? { zh: '', en: '' } : suggestion(unit, unitCodes);
        say(
          field,
          unit,
          `单位 "${unit}" 不能换算为 ${measurement.unit}${meant.zh}`,
          `"${unit}" cannot be converted to ${measurement.unit}: ${to.refused}${meant.en}`,
        );
      }
    }
  }
}

function checkConstants(device: Device, say: Say): void {
  for (const [name, { value, unit }] of Object.entries(device.constants)) {
    if (isUnit(unit)) continue;
    const meant = suggestion(unit, unitCodes);
    say(`const.${name}`, `${value} ${unit}`, `未知单位 "${unit}"${meant.zh}`, `unit "${unit}" is not known${meant.en}`);
  }
}

function checkPlace(device: Device, view: View, say: Say): void {
  const { site, gateway, mountedOn } = device;
  if (site !== undefined && !view.isSite(site)) {
    say('site', site, `没有场所 "${site}";请先登记该场所`, `there is no site "${site}": register it first`);
  }
  if (gateway !== undefined && !view.isGateway(gateway)) {
    say(
      'gateway',
      gateway,
      `没有网关 "${gateway}";请先登记该网关`,
      `there is no gateway "${gateway}": register it first`,
    );
  }
  if (mountedOn === undefined) return;
  if (!view.device(mountedOn)) {
    say('mountedOn', mountedOn, `没有设备 "${mountedOn}"`, `there is no device "${mountedOn}" to be mounted on`);
    return;
  }
  const circle = mountCircle(device, view);
  if (circle) {
    const path = circle.join(' → ');
    say('mountedOn', mountedOn, `安装关系成环:${path}`, `devices are mounted on each other in a circle: ${path}`);
  }
}

/** The ids from a device back to itself, or undefined when the chain of mounts ends. */
function mountCircle(device: Device, view: View): string[] | undefined {
  const path = [device.id];
  for (let next = device.mountedOn; next !== undefined; next = view.device(next)?.mountedOn) {
    path.push(next);
    if (next === device.id) return path;
    // A circle further up: it is told at the devices that form it.
    if (path.indexOf(next) < path.length - 1) return undefined;
  }
  return undefined;
}

const isHash = (text: string | undefined): boolean => text !== undefined && /^[0-9a-f]{64}$/.test(text);

function checkCredentials(credentials: readonly Credential[], view: View, at: (id: string) => Say): void {
  const shown = new Map<string, string>();
  for (const credential of credentials) {
    const { id, subject, kind, name, hash, revoked } = credential;
    const say = at(id);
    if (!view.device(subject) && !view.isGateway(subject)) {
      say('subject', subject, `没有设备或网关 "${subject}"`, `there is no device or gateway "${subject}"`);
    }
    if (kind !== 'token' && !name) {
      const what =
        kind === 'password'
          ? { zh: '用户名', en: 'its user name' }
          : { zh: '证书指纹', en: "the certificate's fingerprint" };
      say('name', name, `缺少${what.zh}`, `${what.en} is missing`);
    }
    if (kind !== 'certificate' && !isHash(hash)) {
      say(
        'hash',
        hash,
        '须为 64 位小写十六进制 SHA-256',
        'must be the SHA-256 of the secret, 64 lower-case hex digits',
      );
    }
    if (revoked) continue;
    const key = kind === 'token' ? hash : kind === 'certificate' ? fingerprintOf(name ?? '') : name;
    if (!key) continue;
    const held = view.cache.credentialFor(kind, key);
    const other = shown.get(`${kind} ${key}`) ?? (held && !held.revoked ? held.id : id);
    if (other !== id) {
      const field = kind === 'token' ? 'hash' : 'name';
      say(
        field,
        key,
        `凭证 "${other}" 已使用同一${kind === 'token' ? '令牌' : '名称'}`,
        `credential "${other}" has the same one`,
      );
    }
    shown.set(`${kind} ${key}`, id);
  }
}

/** A real device that is called a drill's would be silenced in every figure; a drill's that becomes real, an alarm of nothing. */
function checkDrill(put: RegistryPut, cache: RegistryCache, at: (kind: RegistryKind, id: string) => Say): void {
  for (const { id, drill } of put.devices) {
    const held = cache.device(id);
    if (!held || held.drill === drill) continue;
    at('device', id)(
      'drill',
      drill ?? '',
      '设备登记后不能改为演练设备，演练设备也不能改为真实设备：请另行登记',
      'a registered device does not become one of a drill, nor the other way round: register another',
    );
  }
}

/** Invented devices among real ones would be alarms that nobody can find; invented valves, a crew sent to nothing. */
function checkDemo(put: RegistryPut, cache: RegistryCache, at: (kind: RegistryKind, id: string) => Say): void {
  const fresh = [
    ...put.devices.filter(({ id, demo }) => demo && !cache.device(id)?.demo).map(({ id }) => ['device', id] as const),
    ...besideKinds.flatMap((kind) =>
      listed(put, kind)
        .filter(({ id, demo }) => demo && !cache.beside.of(kind).get(id)?.demo)
        .map(({ id }) => [kind, id] as const),
    ),
  ];
  if (fresh.length === 0) return;
  const real = put.devices.find((device) => !device.demo) ?? firstReal(cache);
  if (!real) return;
  for (const [kind, id] of fresh) {
    at(kind, id)(
      'demo',
      'true',
      `登记库中有真实设备(如 "${real.id}"),不能加入演示数据`,
      `the registry holds real devices ("${real.id}"): a demonstration's cannot join them`,
    );
  }
}

function firstReal(cache: RegistryCache): Device | undefined {
  for (const device of cache.devices()) if (!device.demo) return device;
  return undefined;
}
