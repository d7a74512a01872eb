import { describe, expect, it } from 'vitest';
import type { HeartbeatStage } from '../../devices/contract/heartbeat.ts';
import { beatFailed, beatPassed, beatSent, isSilent, noRounds, type Rounds, stageNow, stoppedAt } from './rounds.ts';

const all: readonly HeartbeatStage[] = ['door', 'rules', 'notice', 'page', 'receipt'];
const through = (rounds: Rounds, number: number, stages: readonly HeartbeatStage[], now: number): Rounds =>
  stages.reduce((state, stage) => beatPassed(state, number, stage, now), rounds);

describe('a heartbeat', () => {
  it('has come round at its receipt, and says how long it took', () => {
    const done = through(beatSent(noRounds(0), 1, 1000), 1, all, 1040);
    expect(done).toMatchObject({ since: 1040, lastRoundMs: 40, count: 1, stopped: null });
  });

  it.each([
    [[], 'door'],
    [['door'], 'rules'],
    [['door', 'rules'], 'notice'],
    [['door', 'rules', 'notice'], 'page'],
    [['door', 'rules', 'notice', 'page'], 'receipt'],
    // News of a stage may come before that of the one before it: the door tells when it has heard from the disk.
    [['rules', 'notice'], 'page'],
    [['receipt'], null],
  ] as const)('that reached %j waits at %s', (passed, stage) => {
    expect(stoppedAt({ passed })).toBe(stage);
  });

  it('that is given up leaves word where it stopped and why, until one comes round', () => {
    const refused = beatFailed(beatSent(noRounds(0), 1, 0), 1, 'connection refused');
    const next = beatSent(refused, 2, 60_000);
    expect(stageNow(next)).toEqual({ stage: 'door', why: 'connection refused' });
    expect(through(next, 2, all, 60_010).stopped).toBeNull();
  });

  it('comes round once, also where news of a stage comes after its receipt', () => {
    const done = through(beatSent(noRounds(0), 1, 0), 1, ['door', 'receipt', 'page'], 10);
    expect(done.count).toBe(1);
  });

  it('that was given up counts no more when it comes', () => {
    const next = beatSent(beatSent(noRounds(0), 1, 0), 2, 60_000);
    expect(through(next, 1, all, 60_010)).toEqual(next);
  });

  it('is missed three minutes after the last whole round', () => {
    const done = through(beatSent(noRounds(0), 1, 1000), 1, all, 2000);
    expect(isSilent(done, 181_999)).toBe(false);
    expect(isSilent(done, 182_000)).toBe(true);
    expect(isSilent(noRounds(0), 180_000)).toBe(true);
  });
});
