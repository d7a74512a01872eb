import type { VerdictKind } from '../../devices/contract/alarm.ts';
import type { IncidentEvidence, IncidentMember } from '../../devices/contract/incident.ts';
import { type LinkKeys, linkOf } from './link.ts';
import { partsOf } from './parts.ts';
import type { IncidentPolicy } from './policy.ts';

/** A valve known to be closed. */
export interface ClosedValve {
  readonly id: string;
  readonly name: string;
  readonly nameEn: string | null;
}

/** What a split is judged by. */
export interface EvidenceParts {
  readonly policy: IncidentPolicy;
  readonly keys: LinkKeys;
  /** The closed valve that lies between two members on their pipe, null where there is none; null itself while no valve is known to be closed. */
  readonly closedBetween: ((a: IncidentMember, b: IncidentMember) => ClosedValve | null) | null;
}

/** A part that is an incident of its own from now on, and what says so. */
export interface Split {
  readonly by: Extract<IncidentEvidence, 'verdict' | 'returned' | 'valve' | 'order'>;
  /** Members that stay, the first-out among them. */
  readonly stays: readonly IncidentMember[];
  /** Each one an incident. */
  readonly leaves: readonly (readonly IncidentMember[])[];
  /** Members that join others no more, because they returned and stayed good. */
  readonly cut: readonly IncidentMember[];
  /** The valve that lies between, where one does. */
  readonly valve: ClosedValve | null;
}

/** A verdict that says gas of a leak was not here: the member joins nobody any more. */
export const isNoLeak = (kind: VerdictKind): boolean => kind !== 'real';

/**
 * How an incident falls apart at `at`, null when nothing says so. A part leaves only while it stands, and only from one that
 * stands too; by a closed valve the part that fell leaves. What has returned otherwise stays where the first-out is.
 */
export function splitOf(
  members: readonly IncidentMember[],
  firstOut: string,
  at: number,
  parts: EvidenceParts,
): Split | null {
  if (members.length < 2) return null;
  return (
    byCuts(members, firstOut, parts) ?? byReturn(members, firstOut, at, parts) ?? byValve(members, firstOut, at, parts)
  );
}

/** True for a member that returned and stayed good for long enough. */
const isGood = ({ active, returnedAt }: IncidentMember, at: number, { stayedGoodMs }: IncidentPolicy): boolean =>
  !active && returnedAt !== null && returnedAt + stayedGoodMs <= at;

const stands = (part: readonly IncidentMember[], cut: (m: IncidentMember) => boolean): boolean =>
  part.some((member) => member.active && !cut(member));

/** Verdicts, and members that came too late: they are cut already. */
function byCuts(members: readonly IncidentMember[], firstOut: string, { policy, keys }: EvidenceParts): Split | null {
  const cut = members.filter((member) => member.cut !== null);
  if (cut.length === 0) return null;
  const is = (member: IncidentMember) => member.cut !== null;
  const found = apart(
    partsOf(members, is, (a, b) => linkOf(a, b, policy) !== null, keys),
    firstOut,
    is,
  );
  if (!found) return null;
  const newest = cut.reduce((a, b) => (b.cut!.at > a.cut!.at ? b : a)).cut!.by;
  return { by: newest, ...found, cut: [], valve: null };
}

/** Members that returned and stayed good, while both sides of them stand. */
function byReturn(
  members: readonly IncidentMember[],
  firstOut: string,
  at: number,
  { policy, keys }: EvidenceParts,
): Split | null {
  const good = members.filter((member) => member.cut === null && isGood(member, at, policy));
  if (good.length === 0) return null;
  const gone = new Set(good);
  const is = (member: IncidentMember) => member.cut !== null || gone.has(member);
  const found = apart(
    partsOf(members, is, (a, b) => linkOf(a, b, policy) !== null, keys),
    firstOut,
    is,
  );
  return found && { by: 'returned', ...found, cut: good, valve: null };
}

/** The parts that stand, without the one that the rest stays with; null unless two stand. */
function apart(
  parts: readonly (readonly IncidentMember[])[],
  firstOut: string,
  cut: (member: IncidentMember) => boolean,
): Pick<Split, 'stays' | 'leaves'> | null {
  const standing = parts.filter((part) => stands(part, cut));
  if (standing.length < 2) return null;
  const kept = standing.find((part) => part.some(({ alarm }) => alarm === firstOut)) ?? standing[0]!;
  const leaves = standing.filter((part) => part !== kept);
  return { stays: parts.filter((part) => !leaves.includes(part)).flat(), leaves };
}

/** A closed valve between two parts, of which one returned and stays good and the other stands. */
function byValve(members: readonly IncidentMember[], firstOut: string, at: number, parts: EvidenceParts): Split | null {
  const { policy, keys, closedBetween } = parts;
  if (closedBetween === null) return null;
  const crossings: Crossing[] = [];
  const linked = (a: IncidentMember, b: IncidentMember): boolean => {
    if (linkOf(a, b, policy) === null) return false;
    const valve = closedBetween(a, b);
    if (valve !== null) crossings.push({ a, b, valve });
    return valve === null;
  };
  const isCut = (member: IncidentMember) => member.cut !== null;
  const found = partsOf(members, isCut, linked, keys);
  const fallen = found.flatMap((part) => {
    const good = part.every((member) => isGood(member, at, policy));
    const valve = good ? behind(part, crossings, found, isCut) : null;
    return valve === null ? [] : [{ part, valve }];
  });
  if (fallen.length === 0) return null;
  const kept = found.find((part) => part.some(({ alarm }) => alarm === firstOut))!;
  const fell = fallen.filter(({ part }) => part !== kept).map(({ part }) => part);
  const leaves = fell.length > 0 ? fell : found.filter((part) => part !== kept && stands(part, isCut));
  const stays = found.filter((part) => !leaves.includes(part)).flat();
  return { by: 'valve', stays, leaves, cut: [], valve: fallen[0]!.valve };
}

interface Crossing {
  readonly a: IncidentMember;
  readonly b: IncidentMember;
  readonly valve: ClosedValve;
}

/** The closed valve between a part and one that stands; null where there is none. */
function behind(
  part: readonly IncidentMember[],
  crossings: readonly Crossing[],
  parts: readonly (readonly IncidentMember[])[],
  isCut: (member: IncidentMember) => boolean,
): ClosedValve | null {
  const within = new Set(part);
  for (const { a, b, valve } of crossings) {
    if (within.has(a) === within.has(b)) continue;
    const other = within.has(a) ? b : a;
    if (stands(parts.find((one) => one.includes(other))!, isCut)) return valve;
  }
  return null;
}
