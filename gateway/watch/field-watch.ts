import type { Running } from '../../kit/cleanups.ts';
import type { TakeRows, UplinkRow } from '../row.ts';

/** How one broker or server stands, for somebody on site. */
export interface FieldStatus {
  readonly address: string;
  readonly protocol: 'mqtt' | 'opcua';
  /** How the line is secured, in the words of its protocol. */
  readonly security: string;
  /** False where anybody on the network can read it. */
  readonly secure: boolean;
  readonly connected: boolean;
  /** Since when it is as it is, ms. */
  readonly since: number;
  /** When something last came from it, ms; null since the start. */
  readonly lastAt: number | null;
  /** What that was: device and its values. */
  readonly lastRow: Pick<UplinkRow, 'device' | 'values'> | null;
  /** Rows since the start. */
  readonly rows: number;
}

export interface FieldWatch extends Running {
  /** Takes for one source, remembering what came last. */
  takeFor(address: string, take: TakeRows): TakeRows;
  /** A source that is watched from now on. */
  add(source: Pick<FieldStatus, 'address' | 'protocol' | 'security' | 'secure'>, connected: () => boolean): void;
  /** It is watched no more. */
  remove(address: string): void;
  status(): FieldStatus[];
  /** Since when `connected` of the link to the platform is what it is, ms. */
  since(name: string, connected: boolean): number;
}

const lookEveryMs = 1000;

/** Watches what the gateway is connected to and what came last from where. `now` is the gateway's clock, ms. */
export function fieldWatch(now: () => number): FieldWatch {
  const sources: {
    about: Pick<FieldStatus, 'address' | 'protocol' | 'security' | 'secure'>;
    connected: () => boolean;
  }[] = [];
  const heard = new Map<string, { at: number; row: UplinkRow; rows: number }>();
  const standing = new Map<string, { connected: boolean; since: number }>();
  const since = (name: string, connected: boolean): number => {
    const held = standing.get(name);
    if (held?.connected === connected) return held.since;
    standing.set(name, { connected, since: now() });
    return now();
  };
  const look = () => {
    for (const { about, connected } of sources) since(about.address, connected());
  };
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return {
    takeFor: (address, take) => async (rows) => {
      await take(rows);
      const row = rows.findLast(({ unreadable }) => unreadable === undefined);
      if (row) heard.set(address, { at: now(), row, rows: (heard.get(address)?.rows ?? 0) + rows.length });
    },
    add(about, connected) {
      sources.push({ about, connected });
      look();
    },
    remove(address) {
      const at = sources.findIndex(({ about }) => about.address === address);
      if (at >= 0) sources.splice(at, 1);
      standing.delete(address);
    },
    status() {
      return sources.map(({ about, connected }) => {
        const up = connected();
        const last = heard.get(about.address);
        return {
          ...about,
          connected: up,
          since: since(about.address, up),
          lastAt: last?.at ?? null,
          lastRow: last ? { device: last.row.device, values: last.row.values } : null,
          rows: last?.rows ?? 0,
        };
      });
    },
    since,
    stop: () => clearInterval(timer),
  };
}
