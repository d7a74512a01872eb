import {
  type Alarm,
  type AlarmEvent,
  type DetectorMark,
  isOpen,
  type Override,
  type Verdict,
} from '../../devices/contract/alarm.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import type { Value } from '../../devices/contract/entry.ts';
import type { PersonsOverride } from '../../devices/contract/overrides.ts';
import { episodeKey } from '../judge/identity.ts';
import { type LifecycleEvent, transition } from '../judge/transition.ts';
import { type Annunciation, beginsToSound } from './annunciation.ts';
import { hiddenAlarms, type Suppressed } from './hidden-alarms.ts';

/** What changed since it was last taken: rows to write, whole, and lines of history, numbered. */
export interface DeskChanges {
  readonly alarms: readonly Alarm[];
  readonly events: readonly AlarmEvent[];
  readonly annunciations: readonly Annunciation[];
}

/** The newest value of an alarm's measurement. */
export interface Latest {
  readonly value: Value | null;
  readonly at: number | null;
  readonly quality: number;
}

export type Told = { readonly alarm: Alarm } | { readonly refused: Refusal };

/** What of a row may change although nothing happened to its life-cycle. */
export type Refreshed = Partial<
  Pick<Alarm, 'lastValue' | 'lastAt' | 'lastQuality' | 'explanation' | 'blind' | 'priority' | 'severity' | 'deadlines'>
>;

/**
 * The open alarms, and every way in which they change. One episode is one row (docs/decisions/0003): abnormality that comes
 * back while the row is still open continues it under the same id; once the row is closed, the next one is new.
 */
export interface AlarmDesk {
  /** An abnormality outlasted its on-delay. `fresh` is used when no episode of its device and rule is open. */
  raise(fresh: Alarm, at: number): void;
  /** It returned: deadband and off-delay behind it. */
  returned(key: string, at: number, latching: boolean, latest: Latest): void;
  /** A row found in late data that no longer holds: silent, waits for a person's verdict. False when the id is known. */
  addHistory(alarm: Alarm, at: number): boolean;
  /** Ends an alarm whatever its state, with a note: its device or rule is gone. */
  close(key: string, at: number, note: string): void;
  /** An acknowledged alarm rings again. */
  reAlarm(id: string, at: number): void;
  /** Causes that hid it by design are gone; when they were the last, the alarm shows itself, with a note. */
  unhide(id: string, gone: (cause: Suppressed) => boolean, at: number, note: string): void;
  /** A line in an alarm's history. */
  note(id: string, at: number, text: string, more?: Partial<Pick<AlarmEvent, 'kind' | 'actor'>>): void;
  /** Lays these over it in place of all that people had laid over it before; what the design suppresses stays. */
  override(id: string, by: readonly PersonsOverride[], event: Pick<AlarmEvent, 'kind' | 'at' | 'actor' | 'note'>): void;
  /** Takes on a person's verdict, also of a closed row that the caller read; a row of late data closes with it. */
  judge(alarm: Alarm, verdict: Verdict): Alarm;
  /** What is known against its detector, when that changes; a P1 that has returned on such a word waits for a reset. */
  mark(id: string, marks: readonly DetectorMark[], at: number): void;
  /** Refreshes value and words without an event: nothing happened to the alarm's life-cycle. */
  refresh(id: string, change: Refreshed): void;
  /** More hangs on it than before: a new priority, and it sounds again. */
  escalate(id: string, change: Refreshed, at: number, note: string): void;
  /** Puts an open alarm into its incident; a note says so where it was in another. False when it is not on the desk. */
  place(id: string, to: Pick<Alarm, 'incident' | 'firstOut'>, at: number, note: string | null): boolean;
  /** Rows that changed since the last take. */
  changed(): Iterable<Alarm>;
  /** Takes a row off the desk that turned out to stand for an episode with a row of its own. */
  forget(id: string): void;
  /** The standards changed: which alarms share a ladder is asked again. */
  regroup(): void;
  acknowledge(id: string, actor: string, at: number, note: string | null): Told;
  reset(id: string, actor: string, at: number, note: string | null): Told;
  byId(id: string): Alarm | undefined;
  /** The open episode of a device and rule; rows of the history lane apart. */
  byKey(key: string): Alarm | undefined;
  open(): IterableIterator<Alarm>;
  /** Ids of open alarms that this cause hides. */
  hiddenBy(rule: string, because: string): ReadonlySet<string>;
  /** Ids of all open alarms that a design hides. */
  hidden(): Iterable<string>;
  /** Ids of active alarms that leave something unwatched. */
  blind(): Iterable<string>;
  readonly size: number;
  /** Puts back what the database holds as open, and the number of the last event. */
  load(alarms: readonly Alarm[], lastSeq: number): void;
  /** What changed since the last take; null when nothing did. */
  take(): DeskChanges | null;
}

export interface DeskParts {
  /** The ladder of an alarm's rule, null when it stands alone. */
  readonly ladderOf: (alarm: Alarm) => string | null;
  /** What people have laid over a point: an alarm that is raised there lies under it from its beginning. */
  readonly over: (device: string, rule: string) => readonly PersonsOverride[];
  /** Called when the episode of a point has returned. */
  readonly onReturn: (alarm: Alarm, at: number) => void;
}

export function alarmDesk({ ladderOf, over, onReturn }: DeskParts): AlarmDesk {
  const byId = new Map<string, Alarm>();
  const idByKey = new Map<string, string>();
  const ladders = new Map<string, Set<string>>();
  const hidden = hiddenAlarms();
  const blind = new Set<string>();
  let changed = new Map<string, Alarm>();
  let events: AlarmEvent[] = [];
  let annunciations: Annunciation[] = [];
  let seq = 0;

  const groupOf = (alarm: Alarm): string | null => {
    const ladder = alarm.lane === 'live' ? ladderOf(alarm) : null;
    return ladder === null ? null : `${alarm.device} ${ladder}`;
  };
  const place = (alarm: Alarm): void => {
    hidden.move(byId.get(alarm.id), alarm);
    if (alarm.blind && alarm.active) blind.add(alarm.id);
    else blind.delete(alarm.id);
    const group = groupOf(alarm);
    const key = episodeKey(alarm.device, alarm.rule);
    if (isOpen(alarm)) {
      byId.set(alarm.id, alarm);
      if (alarm.lane === 'live') idByKey.set(key, alarm.id);
      if (group) ladders.set(group, (ladders.get(group) ?? new Set()).add(alarm.id));
      return;
    }
    byId.delete(alarm.id);
    if (idByKey.get(key) === alarm.id) idByKey.delete(key);
    if (group && ladders.get(group)?.delete(alarm.id) && ladders.get(group)?.size === 0) ladders.delete(group);
  };
  const write = (
    alarm: Alarm,
    kind: AlarmEvent['kind'],
    at: number,
    actor: string | null = null,
    note: string | null = null,
  ): Alarm => {
    const written = { ...alarm, seq: ++seq };
    events.push({ seq, alarm: alarm.id, at, kind, actor, note });
    // A level that is taken over in the moment it is raised never sounded.
    if (kind === 'superseded') annunciations = annunciations.filter((a) => a.alarm.id !== alarm.id || a.at !== at);
    else if (beginsToSound(byId.get(alarm.id), written, kind)) annunciations.push({ seq, at, alarm: written });
    changed.set(alarm.id, written);
    place(written);
    return written;
  };
  /** Changes a row without a line in its history. */
  const silently = (alarm: Alarm): void => {
    changed.set(alarm.id, alarm);
    place(alarm);
  };
  /**
   * One row on top: the highest level that is active or not acknowledged, or the highest still open once none is. Lower ones
   * step behind it, and forward again when it is gone or has been seen and is over. What is put aside speaks for no other:
   * a level that was not shelved is never hidden behind one that was.
   */
  const settleLadder = (alarm: Alarm, at: number): void => {
    const group = groupOf(alarm);
    const members = group ? [...(ladders.get(group) ?? [])].map((id) => byId.get(id)!) : [];
    const stands = (a: Alarm): number => Number(a.active || !a.acked);
    const shows = (a: Alarm): number => Number(a.override === null);
    const rank = (a: Alarm, b: Alarm): number =>
      shows(b) - shows(a) || stands(b) - stands(a) || a.priority.localeCompare(b.priority);
    const top = members.sort(rank)[0];
    for (const member of members) {
      const above = top && top.priority < member.priority ? top.id : null;
      if (member.supersededBy === above) continue;
      const note = above ? null : 'the higher level is over or put aside: shown again as it stands';
      write({ ...member, supersededBy: above }, above ? 'superseded' : 'note', at, null, note);
    }
  };
  /** Applies a life-cycle event to an alarm; undefined when the table absorbs it. */
  const apply = (alarm: Alarm, event: LifecycleEvent): Alarm | undefined => {
    const outcome = transition(alarm, event);
    return 'to' in outcome ? { ...alarm, ...outcome.to } : undefined;
  };
  const closing = (alarm: Alarm, at: number): Alarm => (isOpen(alarm) ? alarm : { ...alarm, closedAt: at });
  const person = (id: string, event: 'acknowledge' | 'reset', actor: string, at: number, note: string | null): Told => {
    const alarm = byId.get(id);
    if (!alarm) return { refused: unknownAlarm };
    if (alarm.needsVerdict) return { refused: needsVerdict };
    const outcome = transition(alarm, event);
    if ('refused' in outcome) return outcome;
    const acked = event === 'acknowledge' ? { ackedAt: at, ackedBy: actor } : {};
    const next = closing({ ...alarm, ...('to' in outcome ? outcome.to : {}), ...acked }, at);
    const kind = event === 'acknowledge' ? 'acknowledged' : 'reset';
    const written = write(isOpen(next) ? next : { ...next, supersededBy: null }, kind, at, actor, note);
    return { alarm: written };
  };

  return {
    raise(fresh, at) {
      const key = episodeKey(fresh.device, fresh.rule);
      const standing = byId.get(idByKey.get(key) ?? '');
      if (!standing) {
        if (byId.has(fresh.id)) return;
        const by = over(fresh.device, fresh.rule);
        settleLadder(
          write(by.length > 0 ? withOverrides(fresh, [...by, ...fresh.overrides]) : fresh, 'raised', at),
          at,
        );
        return;
      }
      const again = apply(standing, 'abnormal');
      if (!again) return;
      const { value, lastValue, lastAt, lastQuality, doubts, explanation, limit, clause, priority, severity, blind } =
        fresh;
      const news = {
        value,
        lastValue,
        lastAt,
        lastQuality,
        doubts,
        explanation,
        limit,
        clause,
        priority,
        severity,
        blind,
      };
      settleLadder(write({ ...again, ...news, returnedAt: null, ackedAt: null, ackedBy: null }, 'reraised', at), at);
    },
    returned(key, at, latching, latest) {
      const standing = byId.get(idByKey.get(key) ?? '');
      const latches = latching || (standing !== undefined && doubtsItsReturn(standing));
      const next = standing && apply(standing, latches ? 'returned-latching' : 'returned');
      if (!next) return;
      const last = { lastValue: latest.value, lastAt: latest.at, lastQuality: latest.quality };
      const written = write(closing({ ...next, ...last, returnedAt: at }, at), 'returned', at);
      settleLadder(written, at);
      onReturn(written, at);
    },
    addHistory(alarm, at) {
      if (byId.has(alarm.id) || changed.has(alarm.id)) return false;
      write(alarm, 'raised', at, null, 'found in late data; no longer holds');
      return true;
    },
    close(key, at, note) {
      const standing = byId.get(idByKey.get(key) ?? '');
      if (!standing) return;
      const gone = { active: false, acked: true, latched: false, closedAt: at, supersededBy: null };
      settleLadder(
        write({ ...standing, ...gone, returnedAt: standing.returnedAt ?? at }, 'closed', at, null, note),
        at,
      );
    },
    reAlarm(id, at) {
      const standing = byId.get(id);
      const again = standing && apply(standing, 're-alarm');
      if (again)
        write({ ...again, ackedAt: null, ackedBy: null }, 'reraised', at, null, 'acknowledged long ago, still active');
    },
    note(id, at, text, { kind = 'note', actor = null } = {}) {
      const standing = byId.get(id);
      if (standing) write(standing, kind, at, actor, text);
    },
    override(id, by, { kind, at, actor, note }) {
      const standing = byId.get(id);
      if (!standing) return;
      const design = standing.overrides.filter((o) => o.kind === 'suppressed');
      settleLadder(write(withOverrides(standing, [...by, ...design]), kind, at, actor, note), at);
    },
    judge(alarm, verdict) {
      const told = { ...alarm, verdict, needsVerdict: false };
      // Nobody was rung for it: the verdict is all that it waited for.
      const acked = alarm.needsVerdict ? { acked: true, ackedAt: verdict.at, ackedBy: verdict.by } : {};
      const next = isOpen(alarm) ? closing({ ...told, ...acked }, verdict.at) : told;
      return write(next, 'judged', verdict.at, verdict.by, `${verdict.kind}: ${verdict.evidence}`);
    },
    mark(id, marks, at) {
      const standing = byId.get(id);
      if (!standing || String(standing.marks) === String(marks)) return;
      const marked = { ...standing, marks };
      const latched = standing.latched || (!standing.active && doubtsItsReturn(marked));
      write({ ...marked, latched }, 'note', at, null, markWords(marks));
    },
    unhide(id, gone, at, note) {
      const standing = byId.get(id);
      const left = standing?.overrides.filter((o) => o.kind !== 'suppressed' || !gone(o));
      if (!standing || !left || left.length === standing.overrides.length) return;
      const next = withOverrides(standing, left);
      if (left.every(({ kind }) => kind !== 'suppressed')) settleLadder(write(next, 'note', at, null, note), at);
      else silently(next);
    },
    refresh(id, change) {
      const standing = byId.get(id);
      if (!standing) return;
      silently({ ...standing, ...change });
    },
    escalate(id, change, at, note) {
      const standing = byId.get(id);
      if (!standing) return;
      const again = { acked: false, ackedAt: null, ackedBy: null };
      write({ ...standing, ...change, ...again }, 'reraised', at, null, note);
    },
    place(id, { incident, firstOut }, at, note) {
      const standing = byId.get(id);
      if (!standing) return false;
      // Of several levels of one detector only the one that shows is called the first.
      const next = { ...standing, incident, firstOut: firstOut && standing.supersededBy === null };
      if (note === null) silently(next);
      else write(next, 'note', at, null, note);
      return true;
    },
    changed: () => changed.values(),
    forget(id) {
      const standing = byId.get(id);
      if (standing) place({ ...standing, active: false, acked: true, latched: false });
    },
    regroup() {
      ladders.clear();
      for (const alarm of byId.values()) place(alarm);
    },
    acknowledge(id, actor, at, note) {
      const told = person(id, 'acknowledge', actor, at, note);
      if ('refused' in told) return told;
      // Who has seen the higher level has seen what stands behind it: it must not ring once more when it steps forward.
      const levels = ladders.get(groupOf(told.alarm) ?? '') ?? [];
      for (const lower of [...levels].map((level) => byId.get(level)!)) {
        if (lower.supersededBy !== id || lower.acked) continue;
        person(lower.id, 'acknowledge', actor, at, 'acknowledged with the level above it');
      }
      settleLadder(told.alarm, at);
      return told;
    },
    reset(id, actor, at, note) {
      const told = person(id, 'reset', actor, at, note);
      if ('alarm' in told) settleLadder(told.alarm, at);
      return told;
    },
    byId: (id) => byId.get(id),
    byKey: (key) => byId.get(idByKey.get(key) ?? ''),
    open: () => byId.values(),
    hiddenBy: hidden.by,
    hidden: hidden.all,
    blind: () => blind,
    get size() {
      return byId.size;
    },
    load(alarms, lastSeq) {
      seq = lastSeq;
      for (const alarm of alarms) place(alarm);
    },
    take() {
      if (changed.size === 0 && events.length === 0) return null;
      const taken = { alarms: [...changed.values()], events, annunciations };
      changed = new Map();
      events = [];
      annunciations = [];
      return taken;
    },
  };
}

/** A marked detector's word is worth less: what it calls over stays latched until somebody or something bears it out. */
const doubtsItsReturn = ({ priority, marks }: Pick<Alarm, 'priority' | 'marks'>): boolean =>
  priority === 'P1' && marks.length > 0;

const markTexts: Readonly<Record<DetectorMark, string>> = {
  expired: '已过期 / expired',
  uncalibrated: '未按期校准 / calibration overdue',
  'self-test-failed': '自检失败 / self-test failed',
};
const markWords = (marks: readonly DetectorMark[]): string =>
  marks.length === 0
    ? '探测器不再存疑 / nothing is held against the detector any more'
    : `探测器存疑 / held against the detector: ${marks.map((mark) => markTexts[mark]).join('; ')}`;

const strength: Readonly<Record<Override['kind'], number>> = { 'out-of-service': 0, shelved: 1, suppressed: 2 };

/** An alarm under these overrides: a person's weighs more than the design's, a work order more than a shelf. */
export function withOverrides(alarm: Alarm, overrides: readonly Override[]): Alarm {
  const sorted = [...overrides].sort((a, b) => strength[a.kind] - strength[b.kind]);
  return { ...alarm, overrides: sorted, override: sorted[0] ?? null };
}

/** Said of an id that is no open alarm; the caller may know better whether it ever was one. */
export const unknownAlarm: Refusal = {
  code: 'unknown-alarm',
  zh: '没有这条未关闭的报警',
  en: 'there is no open alarm of this id',
};

/** Said of a row that was found in late data: to have seen it is not enough. */
export const needsVerdict: Refusal = {
  code: 'needs-verdict',
  zh: '这是迟到数据中的告警，已恢复，不需确认，请直接研判',
  en: 'this was found in late data and is over: it needs no acknowledgement, give it a verdict',
};
