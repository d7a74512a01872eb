import type { Alarm } from '../../devices/contract/alarm.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import type { Drill } from '../../devices/contract/drill.ts';
import { suggestion } from '../../devices/registry/did-you-mean.ts';

const refusal = (code: string, zh: string, en: string): Refusal => ({ code, zh, en });

/** Said to a role that holds no drills. */
export const mayNotDrill = (role: string): Refusal =>
  refusal('not-your-role', `您的角色（${role}）不能组织演练`, `your role (${role}) holds no drills`);
/** Said of a seat that the city does not have. */
export const unknownSeat = (id: string, known: readonly string[]): Refusal =>
  refusal(
    'unknown-seat',
    `没有席位“${id}”；有：${known.join('、')}`,
    `there is no seat "${id}"; there is ${known.join(', ')}`,
  );
/** Said of a device that is not registered, or is itself one of a drill. */
export const unknownDevice = (id: string, known: Iterable<string>): Refusal => {
  const meant = suggestion(id, [...known]);
  return refusal(
    'unknown-device',
    `没有真实设备“${id}”可供演练${meant.zh}`,
    `there is no real device "${id}" whose place a drill could take${meant.en}`,
  );
};
/** Said of a crew that the registry does not hold. */
export const unknownCrew = (id: string): Refusal =>
  refusal('unknown-crew', `登记库中没有班组“${id}”`, `the registry holds no crew "${id}"`);
/** Said where no single reading raises what was asked for. */
export const cannotPlay = (device: string, rule: string | undefined): Refusal =>
  refusal(
    'cannot-play',
    rule === undefined
      ? `设备“${device}”没有一条读数越限即可触发的规则，不能演练：请换一台设备`
      : `设备“${device}”的规则“${rule}”不能由一条越限读数触发（或没有这条规则）：请换一条规则，或不指定规则`,
    rule === undefined
      ? `no rule of device "${device}" is raised by a reading over its limit: choose another device`
      : `rule "${rule}" of device "${device}" is not raised by a reading over its limit, or is none of its rules: choose another, or name none`,
  );
/** Said where the alarm would ring at other seats only. */
export const notHeardThere = (rule: string, seat: string): Refusal =>
  refusal(
    'not-heard-there',
    `规则“${rule}”的告警不在席位“${seat}”响铃：请选择负责该类事项的席位`,
    `an alarm of rule "${rule}" does not ring at seat "${seat}": choose the seat that hears it`,
  );
/** Said while another drill is held at the seat. */
export const drillRuns = ({ id, name }: Drill): Refusal =>
  refusal(
    'drill-runs',
    `此席正在进行演练 ${id}“${name}”：请先结束它`,
    `drill ${id} "${name}" is held at this seat: end it first`,
  );
/** Said while a real P1 of gas or fire stands at the seat. */
export const realAlarmStands = (alarms: readonly Alarm[]): Refusal => {
  const names = alarms.slice(0, 5).map(({ deviceName }) => deviceName);
  const more = alarms.length - names.length;
  return refusal(
    'real-alarm-stands',
    `此席有 ${alarms.length} 条真实的燃气或火灾 P1 告警未了结（${names.join('、')}${more > 0 ? `，另有 ${more} 条` : ''}）：此时不演练，除非值班长写明理由予以确认`,
    `${alarms.length} real P1 alarms of gas or fire are open at this seat (${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}): no drill now, unless a supervisor confirms it with a reason`,
  );
};
/** Said to whoever would confirm that without being a supervisor. */
export const mayNotConfirm = refusal(
  'needs-supervisor',
  '有真实 P1 告警时，只有值班长和管理员可以确认开始演练',
  'while a real P1 stands only supervisors and administrators confirm a drill',
);
/** Said of a drill that is over, or never was. */
export const noSuchDrill = (id: string): Refusal =>
  refusal('no-such-drill', `没有正在进行的演练 ${id}`, `no drill ${id} is held now`);
/** Said where a drill is broken off without a word why. */
export const sayWhy = refusal('reason-needed', '中止演练须写明原因', 'say why the drill is broken off');
