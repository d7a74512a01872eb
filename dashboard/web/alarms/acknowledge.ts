import type { Alarm } from '../../../devices/contract/alarm.ts';
import type { CommandOutcome } from '../../../devices/contract/command.ts';
import { actsOnAlarms } from '../../../devices/contract/roles.ts';
import { api, commandId, problemOf } from '../api/client.ts';
import { useSession } from '../api/session.ts';
import type { TextKey } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';
import { say } from '../ui/toast.tsx';

/** Why the acknowledge button cannot be pressed, or null. The server decides; this only says it beforehand. */
export function whyNotAcknowledge(alarm: Alarm, role: string | undefined, linkSilent: boolean): TextKey | null {
  if (alarm.needsVerdict) return 'ack.needsVerdict';
  if (alarm.acked) return 'ack.already';
  if (!actsOnAlarms(role)) return 'ack.viewer';
  if (linkSilent) return 'ack.silent';
  return null;
}

/** Why the reset button cannot be pressed, or null. */
export function whyNotReset(alarm: Alarm, role: string | undefined, linkSilent: boolean): TextKey | null {
  if (!alarm.latched) return 'reset.notLatched';
  if (alarm.active) return 'reset.active';
  if (!alarm.acked) return 'reset.unacked';
  if (!actsOnAlarms(role)) return 'ack.viewer';
  if (linkSilent) return 'ack.silent';
  return null;
}

export function useMayAct(): { role: string | undefined; silent: boolean } {
  const role = useSession((session) => session.me?.role);
  const silent = useBeat((beat) => beat.link === 'silent');
  return { role, silent };
}

const waitsForSecond = {
  zh: '已提出请求：须由另一角色的另一人确认后才生效。',
  en: 'Asked for: it takes effect once another person of another role has confirmed.',
};

/** Sends the acknowledgement; a refusal is said in words. Resolves true when something changed. */
export async function acknowledge(ids: readonly string[], note?: string): Promise<boolean> {
  return send('/alarms/acknowledge', { ids, note: note || undefined });
}

/** Resets one latched alarm. */
export async function reset(id: string, note?: string): Promise<boolean> {
  return send('/alarms/reset', { id, note: note || undefined });
}

/** Sends a request; what it refuses, or what waits for a second person, is said in words. Resolves true when it was taken. */
export async function send(path: string, body: object): Promise<boolean> {
  try {
    return taken(await api<CommandOutcome>(path, { body: { ...body, commandId: commandId() } }));
  } catch (error) {
    say(problemOf(error));
  }
  return false;
}

/** Whether the platform did what was asked; what it refused of it, or what waits for a second person, is said in words. */
export function taken(outcome: CommandOutcome): boolean {
  if (!('done' in outcome)) {
    say(outcome.refused);
    return false;
  }
  for (const refusal of outcome.refused ?? []) say(refusal);
  if (outcome.asked?.length) say(waitsForSecond);
  return outcome.changed.length + (outcome.asked?.length ?? 0) > 0 || !outcome.refused?.length;
}
