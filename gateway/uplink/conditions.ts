import type { Condition } from '../../devices/contract/entry.ts';

/** What a gateway reports of itself or of a device behind it: one element of `v1/gateway/events`. */
export interface GatewayCondition {
  readonly condition: Condition;
  /** The device it is true of; absent for the gateway itself. */
  readonly device?: string;
  readonly active: boolean;
  readonly at: number;
  readonly facts: Readonly<Record<string, number | string>>;
}

/** Tells the platform events; resolves when it has them. */
export type Tell = (events: readonly object[]) => Promise<void>;

/** What is wrong with this gateway, for as long as it is. */
export interface Conditions {
  /** It is so, or no longer. Telling again what was told changes nothing but its figures. */
  set(condition: GatewayCondition): void;
  /** The platform is there and can be told; null when it is not any more. */
  reach(tell: Tell | null): void;
  active(): readonly GatewayCondition[];
}

/** Told in one message at most. */
const most = 50;

/**
 * Keeps what the platform has still to be told. All that is active is told over each new connection: who has heard it
 * already hears nothing new.
 */
export function conditions(onTold: (condition: GatewayCondition) => void = () => {}): Conditions {
  const known = new Map<string, GatewayCondition>();
  const untold = new Set<string>();
  let tell: Tell | null = null;
  let telling = false;

  const flush = async (): Promise<void> => {
    if (telling) return;
    telling = true;
    try {
      while (tell && untold.size > 0) {
        const keys = [...untold].slice(0, most);
        const batch = keys.flatMap((key) => known.get(key) ?? []);
        await tell(batch);
        for (const condition of batch) {
          const key = keyOf(condition);
          onTold(condition);
          // It may have changed while it was on its way.
          if (known.get(key) !== condition) continue;
          untold.delete(key);
          if (!condition.active) known.delete(key);
        }
      }
    } catch {
      // The link went down: the next one is told.
    } finally {
      telling = false;
    }
  };
  return {
    set(condition) {
      const key = keyOf(condition);
      // It began and ended unseen, or never was.
      if (!condition.active && !known.has(key)) return;
      known.set(key, condition);
      untold.add(key);
      void flush();
    },
    reach(next) {
      tell = next;
      if (!next) return;
      for (const key of known.keys()) untold.add(key);
      void flush();
    },
    active: () => [...known.values()].filter(({ active }) => active),
  };
}

const keyOf = ({ condition, device }: GatewayCondition): string => `${condition} ${device ?? ''}`;
