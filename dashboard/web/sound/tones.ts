import type { Priority } from '../../../devices/contract/alarm.ts';

/** One beep: start and length in seconds from the beginning of the call, pitch in hertz, loudness 0–1. */
export interface Beep {
  readonly at: number;
  readonly for: number;
  readonly hertz: number;
  readonly gain: number;
}

/** A call of one priority: its beeps, and after how many seconds it repeats until somebody acknowledges. */
export interface Tone {
  readonly beeps: readonly Beep[];
  readonly everyS: number;
}

const pair = (at: number, gain: number): Beep[] => [
  { at, for: 0.16, hertz: 988, gain },
  { at: at + 0.2, for: 0.16, hertz: 740, gain },
];

/** Distinct without looking: P1 is a falling pair three times, P2 three even beeps, P3 two soft ones, P4 one. */
export const tones: Readonly<Record<Priority, Tone>> = {
  P1: { beeps: [...pair(0, 0.5), ...pair(0.45, 0.5), ...pair(0.9, 0.5)], everyS: 2.5 },
  P2: {
    beeps: [0, 0.26, 0.52].map((at) => ({ at, for: 0.14, hertz: 659, gain: 0.34 })),
    everyS: 6,
  },
  P3: { beeps: [0, 0.3].map((at) => ({ at, for: 0.16, hertz: 494, gain: 0.22 })), everyS: 20 },
  P4: { beeps: [{ at: 0, for: 0.22, hertz: 392, gain: 0.16 }], everyS: 60 },
};
