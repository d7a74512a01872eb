import type { Strip } from '../../../devices/contract/live.ts';
import type { IngestStats, RulesStats } from '../../../devices/contract/stats.ts';
import type { Running } from '../../../kit/cleanups.ts';

const everyMs = 500;
/** A stage that takes longer than this counts as not answering. */
const answerWithinMs = 2000;

/** Where the stages give their numbers. */
export interface Stages {
  readonly ingestStats: () => Promise<IngestStats>;
  readonly rulesStats: () => Promise<RulesStats | null>;
}

export type StageNumbers = Pick<Strip, 'ingest' | 'rules'>;

/** The numbers of both stages now; null for one that fails or does not answer in time, and the page says so. */
export async function readStages({ ingestStats, rulesStats }: Stages): Promise<StageNumbers> {
  const [ingest, rules] = await Promise.all([inTime(ingestStats), inTime(rulesStats)]);
  return { ingest, rules };
}

/** Asks the stages again and again, one question at a time; `current` never waits. */
export async function startStageNumbers(stages: Stages): Promise<Running & { current(): StageNumbers }> {
  let current = await readStages(stages);
  let asking = false;
  const timer = setInterval(async () => {
    if (asking) return;
    asking = true;
    current = await readStages(stages);
    asking = false;
  }, everyMs);
  return { current: () => current, stop: () => clearInterval(timer) };
}

async function inTime<T>(ask: () => Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, answerWithinMs, null);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
