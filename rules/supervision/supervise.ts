import type { Transaction } from 'kysely';
import type { Actor, CommandOutcome } from '../../devices/contract/command.ts';
import type { Notice } from '../../devices/contract/notice.ts';
import type { Appeal, ScoreRun } from '../../devices/contract/score.ts';
import type { Supervision } from '../../devices/contract/supervision.ts';
import type { DutyBook } from '../../devices/duty/duty-book.ts';
import type { CycleEnd } from '../../devices/supervision/cycle-ends.ts';
import { appealsOf, idOf, runOf, runOfAppeal } from '../../devices/supervision/read-scores.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { carryOutOnce } from '../commands/audit.ts';
import {
  askedRun,
  executeOnScores,
  keepRun,
  type ScoreWorld,
  type SupervisionCommand,
  whyNotSupervise,
} from '../commands/supervision.ts';
import { noSupervision } from '../commands/supervision-refusals.ts';
import { appealNotice, decisionNotice, runNotice, type ScoreRouting } from '../routing/score-notices.ts';
import type { Commits } from '../store/commits.ts';
import type { RulesTables } from '../store/migrations.ts';
import { actOnNotices, writeNotices } from '../store/notice-store.ts';
import { addCycleEnd, lastRevision } from '../store/score-store.ts';
import { type MakingParts, makeRun } from './make-run.ts';

type Trx = Transaction<RulesTables>;

export interface SupervisingParts extends Omit<MakingParts, 'policy'> {
  /** Null in a city that does not supervise by figures. */
  readonly policy: MakingParts['policy'] | null;
  /** Who belongs where, as it was committed last. */
  readonly book: () => DutyBook;
  readonly writing: Pick<Commits, 'serial' | 'transaction'>;
  readonly now: () => number;
  /** Something that nobody can know or choose; a sample is drawn with it. */
  readonly secret: () => string;
  /** Notices were written: they may go. */
  readonly told: () => void;
}

export interface Supervising {
  /** Carries out a command once by its id, with its line in the audit. */
  command(command: SupervisionCommand): Promise<CommandOutcome>;
  /** Works out a period whose time has come, at `at` (ms on the journal's clock); once, however often it is asked. */
  workOut(end: CycleEnd, at: number): Promise<void>;
}

/** What the platform asks of itself. */
const itself: Actor = { id: 'system', name: 'system', via: 'system', role: 'system' };

/**
 * Supervision beside judging. Figures are worked out before the order of commits is entered: however many tickets a quarter has, no
 * alarm waits for them. Whom it concerns is told by the transaction that keeps what they are told of.
 */
export function supervise(parts: SupervisingParts): Supervising {
  const { policy, writing, city, now } = parts;
  const zone = zoneOf(city.timeZone);
  const departments = city.departments.map(({ id }) => id);
  const audited = async (
    command: SupervisionCommand,
    carryOut: (trx: Trx) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome> => {
    const outcome = await writing.serial(() =>
      writing.transaction((trx) => carryOutOnce(trx, command, now, () => carryOut(trx))),
    );
    parts.told();
    return outcome;
  };
  const world = (of: Supervision): ScoreWorld => ({ policy: of, departments, book: parts.book(), zone });
  const routing = (of: Supervision): ScoreRouting => ({ city, policy: of, book: parts.book, zone });
  /** Keeps what was worked out, and tells whom it concerns. */
  const kept = async (trx: Trx, of: Supervision, ...args: Dropped<typeof keepRun>): Promise<CommandOutcome> => {
    const outcome = await keepRun(trx, ...args);
    const run = 'done' in outcome ? await runOf(trx, outcome.changed[0] ?? '') : undefined;
    if (run) await writeNotices(trx, [runNotice(routing(of), run)]);
    return outcome;
  };
  return {
    async command(command) {
      const refused = policy ? whyNotSupervise(command) : noSupervision;
      if (!policy || refused) return audited(command, async () => ({ refused: refused ?? noSupervision }));
      const at = now();
      if (command.type !== 'supervision.run')
        return audited(command, async (trx) => {
          const outcome = await executeOnScores(trx, command, world(policy), at);
          if ('done' in outcome) await tell(trx, routing(policy), command, outcome.changed[0] ?? '', at);
          return outcome;
        });
      const asked = askedRun(policy, command, at, zone);
      if ('refused' in asked) return audited(command, async () => asked);
      const made = await makeRun({ ...parts, policy }, asked.cycle, asked.period, at, parts.secret());
      return audited(command, (trx) => kept(trx, policy, asked, made, command, at));
    },
    async workOut(end, at) {
      if (!policy) return;
      const { cycle, period } = end;
      const already = (revision: number): string => idOf({ cycle, period }, revision);
      const known = await lastRevision(parts.db, cycle.id, period.key);
      if (known > 0) {
        await writing.serial(() => writing.transaction((trx) => addCycleEnd(trx, end, at, already(known))));
        return;
      }
      const made = await makeRun({ ...parts, policy }, cycle, period, at, parts.secret());
      const id = `cycle:${cycle.id}:${period.key}`;
      const command = { id, type: 'supervision.run', actor: itself, at, cycle: cycle.id, period: period.key } as const;
      await audited(command, async (trx) => {
        const outcome = await kept(trx, policy, end, made, command, at);
        // Somebody asked for it meanwhile: that one counts.
        const run = 'done' in outcome ? outcome.changed[0] : already(await lastRevision(trx, cycle.id, period.key));
        await addCycleEnd(trx, end, at, run ?? null);
        return outcome;
      });
    },
  };
}

/** The arguments of a function but its first. */
type Dropped<F> = F extends (first: never, ...rest: infer R) => unknown ? R : never;

/** Whom an appeal, its decision or a publication concerns, and what is settled by it. */
async function tell(
  trx: Trx,
  routing: ScoreRouting,
  command: SupervisionCommand,
  changed: string,
  at: number,
): Promise<void> {
  switch (command.type) {
    case 'supervision.appeal':
      return told(trx, Number(changed), (run, appeal) => appealNotice(routing, run, appeal));
    case 'supervision.decide':
      await told(trx, command.appeal, (run, appeal) => decisionNotice(routing, run, appeal));
      return settle(trx, `${await runOfAppeal(trx, command.appeal)}#${command.appeal}`, command.actor, at);
    case 'supervision.publish':
      // The first signature settles nothing yet.
      return (await isPublished(trx, command.run)) ? settle(trx, command.run, command.actor, at) : undefined;
    default:
  }
}

const isPublished = async (trx: Trx, run: string): Promise<boolean> =>
  (await trx.selectFrom('score_publications').select('run').where('run', '=', run).executeTakeFirst()) !== undefined;

const settle = (trx: Trx, id: string, { name }: Actor, at: number): Promise<void> =>
  actOnNotices(trx, { subject: { kind: 'score', id } }, at, name);

async function told(trx: Trx, seq: number, notice: (run: ScoreRun, appeal: Appeal) => Notice | null): Promise<void> {
  const id = (await runOfAppeal(trx, seq)) ?? '';
  const run = await runOf(trx, id);
  const appeal = (await appealsOf(trx, id)).find((one) => one.seq === seq);
  const made = run && appeal ? notice(run, appeal) : null;
  if (made) await writeNotices(trx, [made]);
}
