import type { Hazard } from '../../devices/contract/alarm.ts';
import type { Assigned } from '../../devices/contract/ticket.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';

/** What the duty list is asked for: handling, the three duties of gas, and the posts around a ticket. */
export type DutyAsked =
  | 'handle'
  | 'local'
  | 'supervise'
  | 'company'
  | 'dispatch'
  | 'verify'
  | 'recheck'
  | 'upward'
  | 'seat';

/** A matter, as the duty list looks it up. */
export interface DutyMatter {
  /** Code of the item; empty for the platform's own. */
  readonly item: string;
  readonly department: string;
  readonly hazard: Hazard | null;
  readonly area: string | null;
  /** The grid of the city's own list that it lies in; null or left out where none is known. */
  readonly grid?: string | null | undefined;
}

/** Whom the duty list answers. */
export interface OnDutyNow {
  readonly department: string | null;
  readonly post: string | null;
  readonly crew: string | null;
  /** Ids of persons: whom first, then the next in line. */
  readonly persons: readonly string[];
  readonly hole: Bilingual | null;
}

/** The duty list as tickets need it. */
export interface Duties {
  who(matter: DutyMatter, duty: DutyAsked, at: number): OnDutyNow;
  /** The person behind a dashboard account; undefined where the list knows none. */
  personOf(account: string): string | undefined;
  /** Persons of a post or crew now, whom first; of one who is away his deputies, and nobody where there are none. */
  personsOf(
    of: {
      readonly post?: string | undefined;
      readonly crew?: string | undefined;
      readonly person?: string | undefined;
    },
    at: number,
  ): readonly string[];
  /** Department of a post, crew or person; undefined where the list knows none. */
  departmentOf(of: {
    readonly post?: string | undefined;
    readonly crew?: string | undefined;
    readonly person?: string | undefined;
  }): string | undefined;
}

const nobody: Bilingual = {
  zh: '责任清单为空：没有登记岗位和人员',
  en: 'the duty list is empty: no posts and persons are registered',
};

/** A city that has registered nobody: every matter lies with its department, and says what is missing. */
export const noDuties: Duties = {
  who: ({ department }) => ({ department, post: null, crew: null, persons: [], hole: nobody }),
  personOf: () => undefined,
  personsOf: () => [],
  departmentOf: () => undefined,
};

/** Whom a matter lies with; a department always, be it the one that answers for the platform. */
export const assign = (duties: Duties, matter: DutyMatter, duty: DutyAsked, at: number, fallback: string): Assigned => {
  const { department, ...rest } = duties.who(matter, duty, at);
  return { department: department || matter.department || fallback, ...rest };
};
