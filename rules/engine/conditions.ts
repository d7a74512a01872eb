import type { Priority } from '../../devices/contract/alarm.ts';
import type { ConditionEntry } from '../../devices/contract/entry.ts';
import { GOOD } from '../../devices/model/quality.ts';
import { episodeKey } from '../judge/identity.ts';
import { buildAlarm, deviceSubject, gatewaySubject, type Subject } from './build-alarm.ts';
import { conditionWords } from './condition-words.ts';
import { type Core, siteOf } from './core.ts';
import { centre, ownFacts, PLATFORM } from './platform-alarms.ts';
import { seatSubject } from './seat-subject.ts';

/** The rule under which a condition is an alarm. */
export const conditionRule = (condition: ConditionEntry['condition']): string => `platform.${condition}`;

/**
 * A condition of the platform or a gateway began or ended: an alarm while it lasts. Its identity is the subject, the condition
 * and when it began, so that telling it again only renews the words.
 */
export function takeCondition(core: Core, entry: ConditionEntry): void {
  if (core.silent) return;
  // A program that is newer than this one may report what we have no words for.
  const words = Object.hasOwn(conditionWords, entry.condition) ? conditionWords[entry.condition] : undefined;
  if (!words) return;
  const { subject: id, condition, at, facts } = entry;
  const rule = conditionRule(condition);
  const key = episodeKey(id, rule);
  if (!entry.active) {
    core.desk.returned(key, at, false, { value: null, at, quality: GOOD });
    return;
  }
  const { subject, safety, nameEn } = subjectOf(core, id);
  const explanation = words.explain(facts, subject.deviceName, nameEn);
  const standing = core.desk.byKey(key);
  if (standing?.active) {
    if (standing.explanation.zh !== explanation.zh) core.desk.refresh(standing.id, { explanation });
    return;
  }
  const priority: Priority = words.priority({ platform: id === PLATFORM, safety });
  core.desk.raise(
    buildAlarm(
      id === PLATFORM ? { ...subject, deviceName: words.title.zh } : subject,
      ownFacts(core, { rule, title: words.title, priority, since: at, raisedAt: at, explanation }),
    ),
    at,
  );
}

/** What a condition speaks of, and whether alarms of P1 or P2 hang on it. */
function subjectOf(
  core: Core,
  id: string,
): { readonly subject: Subject; readonly safety: boolean; readonly nameEn?: string } {
  const unit = core.units.get(id);
  if (unit) return { subject: deviceSubject(unit.device, siteOf(core, unit.device)), safety: unit.plan.safety };
  const gateway = core.gatewayRecords.get(id);
  if (gateway) return { subject: gatewaySubject(gateway), safety: true };
  const seat = seatSubject(core, id);
  if (seat) return seat;
  const nowhere = { site: null, siteName: null, area: null, ...centre(core), demo: false };
  return {
    subject: { device: id, deviceName: id.replace(/^channel:/, ''), deviceType: PLATFORM, ...nowhere },
    safety: false,
  };
}
