import { create } from 'zustand';
import type { Priority } from '../../../devices/contract/alarm.ts';
import { useLive } from '../live/store.ts';
import { pathIsSilent } from '../notices/store.ts';
import { calling, type Mute, muteNow, muteStands, tonePriority } from './announcer.ts';
import { type Tone, tones } from './tones.ts';

interface SoundState {
  /** Browsers keep sound locked until a gesture: everything but `running` is shown in red. */
  readonly context: 'locked' | 'running';
  readonly mute: Mute | null;
}

/** Whether the seat can be heard. */
export const useSound = create<SoundState>(() => ({ context: 'locked', mute: null }));

let context: AudioContext | null = null;

function opened(): AudioContext {
  if (context) return context;
  const fresh = new AudioContext();
  const follow = (): void => useSound.setState({ context: fresh.state === 'running' ? 'running' : 'locked' });
  fresh.addEventListener('statechange', follow);
  context = fresh;
  follow();
  return fresh;
}

/** Called from a gesture: starts the watch's sound and proves it with one short chime. */
export async function unlockSound(): Promise<void> {
  const audio = opened();
  await audio.resume();
  useSound.setState({ context: audio.state === 'running' ? 'running' : 'locked' });
  if (audio.state === 'running') play(audio, { beeps: [{ at: 0, for: 0.09, hertz: 880, gain: 0.1 }], everyS: 0 });
}

/** Two minutes of quiet for the alarms that call now; pressed again, it ends. */
export function toggleMute(): void {
  const alarms = useLive.getState().picture.alarms.values();
  const standing = useSound.getState().mute;
  const stands = muteStands(standing, useLive.getState().picture.alarms.values(), Date.now());
  useSound.setState({ mute: stands ? null : muteNow(alarms, Date.now()) });
}

/** Calls once for something that is no alarm; alarms call by themselves until somebody acknowledges them. */
export function callOnce(priority: Priority): void {
  const { context: state, mute } = useSound.getState();
  if (context && state === 'running' && !mute) play(context, tones[priority]);
}

function play(audio: AudioContext, tone: Tone): void {
  for (const beep of tone.beeps) {
    const start = audio.currentTime + 0.02 + beep.at;
    const voice = audio.createOscillator();
    const level = audio.createGain();
    voice.type = 'triangle';
    voice.frequency.value = beep.hertz;
    level.gain.setValueAtTime(0, start);
    level.gain.linearRampToValueAtTime(beep.gain, start + 0.012);
    level.gain.setValueAtTime(beep.gain, start + beep.for - 0.03);
    level.gain.linearRampToValueAtTime(0, start + beep.for);
    voice.connect(level).connect(audio.destination);
    voice.start(start);
    voice.stop(start + beep.for + 0.02);
  }
}

/** Watches the stream and calls: at once for something more urgent than what rang last, then at the tone's own pace. */
export function startSound(): () => void {
  // A kiosk that allows sound without a gesture is unlocked from the start.
  if ('AudioContext' in globalThis) opened();
  let last: { priority: string; at: number; ids: ReadonlySet<string> } | null = null;
  const tick = (): void => {
    const alarms = useLive.getState().picture.alarms;
    const { mute, context: state } = useSound.getState();
    if (mute && !muteStands(mute, alarms.values(), Date.now())) useSound.setState({ mute: null });
    const standing = useSound.getState().mute;
    // A platform that cannot store anything cannot raise an alarm about it either: it calls from here.
    const unwritable = useLive.getState().picture.strip?.ingest?.journal?.problem != null;
    // Nor can one whose alarms reach nobody tell of it by an alarm.
    const own = pathIsSilent() ? 'P1' : unwritable ? 'P2' : null;
    const heard = tonePriority(alarms.values(), standing, Date.now());
    const priority = own && !standing && (heard === null || own < heard) ? own : heard;
    if (!priority || state !== 'running' || !context) {
      last = priority ? last : null;
      return;
    }
    const ids = new Set(calling(alarms.values()).map((alarm) => alarm.id));
    const fresh = last === null || priority < last.priority || [...ids].some((id) => !last?.ids.has(id));
    if (!fresh && last && Date.now() - last.at < tones[priority].everyS * 1000) return;
    play(context, tones[priority]);
    last = { priority, at: Date.now(), ids };
  };
  const timer = setInterval(tick, 250);
  // Browsers slow the timers of a page in the background down to one a minute, and the messages of its stream not at all.
  const listening = useLive.subscribe(tick);
  return () => {
    listening();
    clearInterval(timer);
  };
}
