import type { StatusCode } from '../../devices/model/quality.ts';
import { type Evaluations, evaluations } from '../judge/evaluate.ts';
import { noWindows, type Windows } from './statistics.ts';

/** What raised an episode that was found in late data. */
export interface Raiser {
  readonly since: number;
  readonly value: number;
  readonly quality: StatusCode;
}

/**
 * One device's backlog while it drains: judged by its own states and its own reading time, so that no live timer is ever
 * touched by what happened hours ago. It exists until the backlog has been quiet for two seconds.
 */
export interface History {
  readonly evals: Evaluations;
  readonly windows: Windows;
  /** Newest late value by measurement index. */
  readonly last: Map<number, { value: number; at: number; quality: StatusCode }>;
  /** By rule offset: what raised the episode that is open in the backlog. */
  readonly raisers: Map<number, Raiser>;
  /** Episodes that began and ended inside the backlog. */
  readonly ended: (Raiser & { offset: number; until: number })[];
  /** Engine time of its newest arrival. */
  touched: number;
}

export const QUIET_MS = 2000;

/** A backlog for a device with `rules` rules. */
export const newHistory = (rules: number): History => ({
  evals: evaluations(rules),
  windows: noWindows(),
  last: new Map(),
  raisers: new Map(),
  ended: [],
  touched: 0,
});
