import { setTimeout as pause } from 'node:timers/promises';
import type { EntryReader } from '../../../devices/contract/ports.ts';
import type { RegistryChange } from '../../../devices/contract/registry.ts';
import type { Running } from '../../../kit/cleanups.ts';
import { JournalGap, type Position } from '../../../kit/journal/journal.ts';
import type { Log } from '../../../kit/log.ts';
import { keepPicture, type LiveMemory } from './live-memory.ts';
import type { Picture } from './picture.ts';

const entriesAtATime = 5000;
const saveEveryMs = 10_000;
const tryAgainMs = 500;

export interface FollowerParts {
  readonly reader: EntryReader;
  readonly picture: Picture;
  readonly memory: LiveMemory;
  /** Whether a kept device is still registered. */
  readonly isRegistered: (device: string) => boolean;
  readonly onRegistry: (change: RegistryChange) => Promise<void> | void;
  /** Journal blocks were freed before they were read here: changes of the registry may be among them. */
  readonly onGap: () => Promise<void>;
  readonly log: Log;
}

/** The journal, folded into the picture as it grows. */
export interface Follower extends Running {
  /** True once it has come to the journal's head for the first time. */
  readonly caughtUp: boolean;
  /** The last read worked. */
  readonly reading: boolean;
  /** Times the journal had moved on before it was read here. */
  readonly gaps: number;
}

/** Restores the picture and follows the journal from there; resolves when the restored picture can be shown. */
export async function startFollower(parts: FollowerParts): Promise<Follower> {
  const { reader, picture, memory, log } = parts;
  let position: Position = await memory.load(reader.epoch, (device, body) => {
    if (parts.isRegistered(device)) picture.restore(device, body);
    else picture.forget(device);
  });
  const state = { caughtUp: false, reading: true, gaps: 0 };
  const stopped = new AbortController();

  const takeBlocks = async (): Promise<void> => {
    const blocks = await reader.read(position, entriesAtATime);
    state.reading = true;
    for (const block of blocks) {
      for (const entry of block.entries) {
        if (entry.kind === 'registry') await parts.onRegistry(entry.change);
        else picture.take(entry);
      }
      position = block.position;
    }
    if (blocks.length > 0) return;
    state.caughtUp = true;
    await reader.changed(position, stopped.signal);
  };
  const follow = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await takeBlocks();
      } catch (err) {
        if (stopped.signal.aborted) return;
        if (err instanceof JournalGap && position === 0) {
          // A first start begins with what the journal still holds; nothing was known that could be missed.
          position = err.oldest - 1;
          continue;
        }
        if (err instanceof JournalGap) {
          // Values that were freed unseen keep their old age until the next ones come.
          state.gaps += 1;
          log.warn({ after: err.after, oldest: err.oldest }, 'the live view missed a part of the journal and goes on');
          position = err.oldest - 1;
          await parts.onGap().catch((cause) => log.warn({ err: cause }, 'the registry could not be loaded anew'));
          continue;
        }
        if (state.reading) log.warn({ err }, 'the live view cannot read the journal; it tries again and again');
        state.reading = false;
        await pause(tryAgainMs, undefined, { signal: stopped.signal }).catch(() => {});
      }
    }
  };

  let saving: Promise<void> | null = null;
  const save = () => {
    saving ??= keepPicture(memory, picture, reader.epoch, position)
      .catch((err) => log.warn({ err }, 'the live picture could not be kept; it is tried again'))
      .finally(() => {
        saving = null;
      });
    return saving;
  };
  const timer = setInterval(() => void save(), saveEveryMs);
  const following = follow();
  return {
    get caughtUp() {
      return state.caughtUp;
    },
    get reading() {
      return state.reading;
    },
    get gaps() {
      return state.gaps;
    },
    async stop() {
      clearInterval(timer);
      stopped.abort();
      await following;
      await saving;
      await save();
    },
  };
}
