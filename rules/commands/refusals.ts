import type { Refusal } from '../../devices/contract/command.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { Fault } from '../../devices/registry/fault.ts';

/** Said of a request that is no command at all. */
export const invalidCommand = (reason: string): Refusal => ({
  code: 'invalid-command',
  zh: `指令格式不对：${reason}`,
  en: `this is not a command: ${reason}`,
});

/** Said of an alarm that is in the books, but closed. */
export const alarmClosed: Refusal = {
  code: 'alarm-closed',
  zh: '该报警已关闭',
  en: 'this alarm is closed',
};

/** Said of a put that does not hold: the first faults in full, and how many more there are. */
export const registryFaults = (faults: readonly Fault[]): Refusal => ({
  code: 'registry-faults',
  ...faultWords({ zh: '登记数据', en: 'the registration' }, faults),
});

/** Said of records of responsibility that do not hold; the outcome lists every fault. */
export const dutyFaults = (faults: readonly Fault[]): Refusal => ({
  code: 'duty-faults',
  ...faultWords({ zh: '责任与排班数据', en: 'the duty list' }, faults),
});

function faultWords(what: Bilingual, faults: readonly Fault[]): Bilingual {
  const shown = faults.slice(0, 5);
  const more = faults.length - shown.length;
  const line = (text: string, fault: Fault) => `${fault.where}${fault.field ? ` ${fault.field}` : ''}: ${text}`;
  return {
    zh: `${what.zh}有 ${faults.length} 处问题：${shown.map((f) => line(f.zh, f)).join('；')}${more > 0 ? `；另有 ${more} 处` : ''}`,
    en: `${what.en} has ${faults.length} faults: ${shown.map((f) => line(f.en, f)).join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
  };
}

/** Said to whoever may not change who is responsible. */
export const mayNotChangeDuty: Refusal = {
  code: 'role',
  zh: '只有管理员和主管可以修改责任与排班',
  en: 'only administrators and supervisors change who is responsible',
};

/** Said of ids that the registry does not hold. */
export const notRegistered = (what: string, ids: readonly string[]): Refusal => ({
  code: 'not-registered',
  zh: `登记中没有：${ids.slice(0, 10).join('、')}（${what}）`,
  en: `the registry holds no ${what} ${ids.slice(0, 10).join(', ')}`,
});

/** Said when rules is stopping, or another worker has taken over. */
export const notServing: Refusal = {
  code: 'not-serving',
  zh: '规则进程正在停止，请稍后再试',
  en: 'the rules process is stopping: try again shortly',
};

/** Said when ingest could not be asked to judge refused messages again. */
export const notReadmitted = (reason: string): Refusal => ({
  code: 'not-readmitted',
  zh: `隔离区暂时无法处理：${reason}；请稍后再试`,
  en: `the quarantine cannot be reached now: ${reason}; try again`,
});

/** Said of a device or gateway that the registry does not hold. */
export const unknownPoint = (device: string): Refusal => ({
  code: 'unknown-device',
  zh: `登记中没有设备或网关 ${device}`,
  en: `the registry holds no device or gateway ${device}`,
});

/** Said when what should be ended does not stand, or has ended meanwhile. */
export const notStanding = (kind: 'shelved' | 'out-of-service'): Refusal =>
  kind === 'shelved'
    ? {
        code: 'not-shelved',
        zh: '该告警没有被搁置，或搁置已经结束',
        en: 'it is not shelved, or the shelf is over already',
      }
    : {
        code: 'not-out-of-service',
        zh: '没有停用，或停用已经结束',
        en: 'it is not out of service, or has been returned already',
      };

/** Said of a request that was answered, has lapsed, or never was. */
export const unknownAsk: Refusal = {
  code: 'unknown-ask',
  zh: '没有这条待确认的请求：可能已被答复或已失效',
  en: 'there is no such request: it was answered, or has lapsed',
};
export const lapsedAsk: Refusal = {
  code: 'ask-lapsed',
  zh: '请求已过期，请重新提出',
  en: 'the request has lapsed: ask again',
};

/** Said of an incident without alarms. */
export const unknownIncident: Refusal = {
  code: 'unknown-incident',
  zh: '没有这个事件，或其中没有告警',
  en: 'there is no such incident, or it has no alarms',
};

/** Said of a role that may not have the platform look for hazards out of its hour. */
export const notYourLook = (role: string): Refusal => ({
  code: 'not-your-role',
  zh: `您的角色（${role}）不能发起排查`,
  en: `your role (${role}) may not have the platform look for hazards`,
});
