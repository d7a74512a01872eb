import type { DeviceType, ValueKind } from '../../devices/model/device-type.ts';
import { suggestion } from '../../devices/registry/did-you-mean.ts';
import { type DeviceHints, hintFor } from './mapping-check.ts';

/** A mapped condition, as far as its meaning is concerned. */
export interface MappedEvent {
  readonly device: string;
  readonly measurement: string;
  readonly severity?: string | undefined;
  readonly message?: string | undefined;
}

/** One thing wrong with a mapped condition. */
export interface EventFault {
  readonly at: number;
  readonly field: keyof MappedEvent;
  readonly message: string;
}

const wanted = { measurement: 'boolean', severity: 'number', message: 'text' } as const;
const words: Record<ValueKind, { zh: string; en: string }> = {
  boolean: { zh: '布尔量', en: 'a boolean' },
  number: { zh: '数值', en: 'a number' },
  text: { zh: '文字', en: 'a text' },
};

/**
 * Every fault of a source's `events`: measurements that are none, or of another kind, or that a node or another condition
 * already gives.
 */
export function eventFaults(
  events: readonly MappedEvent[],
  nodes: readonly { readonly device: string; readonly measurement: string }[],
  hints: DeviceHints,
  types: Readonly<Record<string, DeviceType>>,
): EventFault[] {
  const taken = new Set(nodes.map(({ device, measurement }) => `${device}\n${measurement}`));
  const faults: EventFault[] = [];
  for (const [at, event] of events.entries()) {
    const { device } = event;
    for (const field of ['measurement', 'severity', 'message'] as const) {
      const name = event[field];
      if (name === undefined) continue;
      const fault = (zh: string, en: string) => faults.push({ at, field, message: `${zh} / ${en}` });
      if (taken.has(`${device}\n${name}`))
        fault(
          `${device} 的 ${name} 已有来源，只有一个能对`,
          `${name} of ${device} is given twice: only one can be right`,
        );
      taken.add(`${device}\n${name}`);
      const among = typesOf(device, hints, types);
      const kinds = new Set(among.flatMap(({ measurements }) => measurements[name]?.kind ?? []));
      if (kinds.size === 0) {
        const meant = suggestion(name, new Set(among.flatMap(({ measurements }) => Object.keys(measurements))));
        fault(`没有测项 ${name}${meant.zh}`, `there is no measurement "${name}"${meant.en}`);
      } else if (!kinds.has(wanted[field])) {
        const is = words[wanted[field]];
        fault(`${name} 应为${is.zh}`, `${name} has to be ${is.en}`);
      }
    }
  }
  return faults;
}

/** The device's type where the file says it, or else all there are. */
function typesOf(device: string, hints: DeviceHints, types: Readonly<Record<string, DeviceType>>): DeviceType[] {
  const hint = hintFor(device, hints);
  const own = hint && types[hint.type];
  return own ? [own] : Object.values(types);
}
