import { listed, type PlaceRecord, recordKinds, type Valve } from '../contract/beside.ts';
import type { RegistryPut } from '../contract/command.ts';
import { checkArea, type Say, type View } from './check-view.ts';
import { suggestion } from './did-you-mean.ts';
import type { RegistryKind } from './registry-store.ts';

/** Everything that is wrong with the valves, pipes, crews and records of a put; faults go to `at`. */
export function checkBeside(put: RegistryPut, view: View, at: (kind: RegistryKind, id: string) => Say): void {
  const pipes = new Set(listed(put, 'pipe').map(({ id }) => id));
  const isPipe = (id: string) => pipes.has(id) || view.cache.beside.of('pipe').has(id);
  for (const valve of listed(put, 'valve')) checkValve(valve, isPipe, view, at('valve', valve.id));
  for (const pipe of listed(put, 'pipe')) checkArea(pipe.area, view, at('pipe', pipe.id));
  for (const crew of listed(put, 'crew')) {
    const say = at('crew', crew.id);
    checkArea(crew.area, view, say);
    for (const area of crew.areas) checkArea(area, view, say);
  }
  for (const { id, site } of listed(put, 'contact')) {
    if (!view.isSite(site)) noSite(site, at('contact', id));
  }
  for (const kind of recordKinds) {
    for (const record of listed(put, kind)) checkRecord(record, view, at(kind, record.id));
  }
}

const noSite = (site: string, say: Say): void =>
  say('site', site, `没有场所 "${site}"`, `there is no site "${site}": register it first`);

function checkValve(valve: Valve, isPipe: (id: string) => boolean, view: View, say: Say): void {
  checkArea(valve.area, view, say);
  const { pipe, stateDevice, stateMeasurement } = valve;
  if (pipe !== undefined && !isPipe(pipe)) {
    say('pipe', pipe, `没有管段 "${pipe}";请先登记该管段`, `there is no pipe "${pipe}": register it first`);
  }
  if ((stateDevice === undefined) !== (stateMeasurement === undefined)) {
    const missing = stateDevice === undefined ? 'stateDevice' : 'stateMeasurement';
    say(
      missing,
      undefined,
      '阀门状态须同时给出设备和测量项,或都不给',
      'the state of a valve is known by a device and a measurement of it: give both, or neither',
    );
  }
  if (stateDevice === undefined || stateMeasurement === undefined) return;
  const device = view.device(stateDevice);
  if (!device) {
    say('stateDevice', stateDevice, `没有设备 "${stateDevice}"`, `there is no device "${stateDevice}"`);
    return;
  }
  const measurements = view.types[device.type]?.measurements ?? {};
  if (Object.hasOwn(measurements, stateMeasurement)) return;
  const meant = suggestion(stateMeasurement, Object.keys(measurements));
  say(
    'stateMeasurement',
    stateMeasurement,
    `类型 ${device.type} 没有测量项 "${stateMeasurement}"${meant.zh}`,
    `a ${device.type} has no measurement "${stateMeasurement}"${meant.en}`,
  );
}

function checkRecord(record: PlaceRecord, view: View, say: Say): void {
  checkArea(record.area, view, say);
  for (const id of record.devices) {
    if (!view.device(id)) say('devices', id, `没有设备 "${id}"`, `there is no device "${id}"`);
  }
  if (record.site !== undefined && !view.isSite(record.site)) {
    noSite(record.site, say);
  }
  const { lon, lat, radiusM, from, to } = record;
  const circle = [lon, lat, radiusM].filter((part) => part !== undefined).length;
  if (circle > 0 && circle < 3) {
    say(
      'radiusM',
      radiusM,
      '以点定范围须同时给出 lon、lat 和 radiusM(米)',
      'a place around a point needs lon, lat and radiusM (metres) together',
    );
  }
  if (record.wholeArea && record.area === undefined) {
    say('wholeArea', 'true', '全区有效须给出 area', 'to hold in the whole area it must name the area');
  }
  if (record.devices.length === 0 && record.site === undefined && circle === 0 && !record.wholeArea) {
    say(
      '',
      '',
      '缺少地点:须给出 devices、site、lon+lat+radiusM,或 area 与 wholeArea',
      'it has no place: give devices, a site, lon with lat and radiusM, or an area with wholeArea',
    );
  }
  if (to !== undefined && Date.parse(to) <= Date.parse(from)) {
    say('to', to, `结束时间不晚于开始时间 ${from}`, `it ends no later than it begins, ${from}`);
  }
}
