import { type DataChange, rowsOf } from '../normalise/data-changes.ts';
import type { TakeRows } from '../row.ts';

/** Changes on their way into the outbox. */
export interface Gathering {
  add(change: DataChange): void;
  /** Puts what was gathered into the outbox, unless the last lot is still on its way. Never rejects. */
  flush(): Promise<void>;
  /** Changes held in memory. */
  readonly held: number;
}

export interface GatheringParts {
  readonly take: TakeRows;
  /** Held changes beyond which the server has to wait. */
  readonly most: number;
  /** The server shall send nothing, or send again. */
  readonly onHold: (hold: boolean) => void;
  /** These are durable. */
  readonly onKept?: (changes: readonly DataChange[]) => void;
  /** The outbox is gone for good, and so many changes with it. */
  readonly onLost: (changes: number, err: Error) => void;
}

/** Gathers changes, so that values of one moment travel as one row, and holds the server when the outbox has no room. */
export function gathering({ take, most, onHold, onKept, onLost }: GatheringParts): Gathering {
  let changes: DataChange[] = [];
  let underWay = 0;
  let flushing: Promise<void> | undefined;
  let holding = false;
  const hold = (wanted: boolean) => {
    if (wanted !== holding) onHold(wanted);
    holding = wanted;
  };
  const put = async () => {
    const lot = changes;
    changes = [];
    underWay = lot.length;
    await take(rowsOf(lot)).then(
      () => onKept?.(lot),
      (err: Error) => onLost(lot.length, err),
    );
    underWay = 0;
    if (changes.length <= most / 2) hold(false);
  };
  return {
    add(change) {
      changes.push(change);
      if (changes.length > most) hold(true);
    },
    flush() {
      if (changes.length === 0) return flushing ?? Promise.resolve();
      flushing ??= put().finally(() => {
        flushing = undefined;
      });
      return flushing;
    },
    get held() {
      return changes.length + underWay;
    },
  };
}
