import type { CommandOutcome } from '../../devices/contract/command.ts';
import { zoneOf } from '../../kit/local-time.ts';
import { carryOutOnce } from '../commands/audit.ts';
import {
  askedRun,
  executeOnScores,
  keepRun,
  type SupervisionCommand,
  whyNotSupervise,
} from '../commands/supervision.ts';
import { noSupervision } from '../commands/supervision-refusals.ts';
import type { Commits } from '../store/commits.ts';
import { type MakingParts, makeRun } from './make-run.ts';

export interface SupervisingParts extends Omit<MakingParts, 'policy'> {
  /** Null in a city that does not supervise by figures. */
  readonly policy: MakingParts['policy'] | null;
  readonly writing: Pick<Commits, 'serial' | 'transaction'>;
  readonly now: () => number;
  /** Something that nobody can know or choose; a sample is drawn with it. */
  readonly secret: () => string;
}

/**
 * Carries out commands of supervision, each once by its id, with its line in the audit. Figures are worked out before the order
 * of commits is entered: however many tickets a quarter has, no alarm waits for them.
 */
export function supervise(parts: SupervisingParts): (command: SupervisionCommand) => Promise<CommandOutcome> {
  const { policy, writing, city, now } = parts;
  const departments = city.departments.map(({ id }) => id);
  const audited = (
    command: SupervisionCommand,
    carryOut: (trx: Parameters<typeof carryOutOnce>[0]) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome> =>
    writing.serial(() => writing.transaction((trx) => carryOutOnce(trx, command, now, () => carryOut(trx))));
  return async (command) => {
    const refused = policy ? whyNotSupervise(command) : noSupervision;
    if (!policy || refused) return audited(command, async () => ({ refused: refused ?? noSupervision }));
    const at = now();
    if (command.type !== 'supervision.run')
      return audited(command, (trx) => executeOnScores(trx, command, policy, departments, at));
    const asked = askedRun(policy, command, at, zoneOf(city.timeZone));
    if ('refused' in asked) return audited(command, async () => asked);
    const made = await makeRun({ ...parts, policy }, asked.cycle, asked.period, at, parts.secret());
    return audited(command, (trx) => keepRun(trx, asked, made, command, at));
  };
}
