import type { BiogasWord } from '../../devices/biogas/advise.ts';
import { prepare } from '../../devices/biogas/advise.ts';
import type { Evidence } from '../../devices/biogas/evidence.ts';

/** A way of judging that needs no model. */
export interface Recipe {
  readonly name: string;
  readonly says: (evidence: Evidence) => BiogasWord;
}

/** Hours of rise from which the plain recipe says biogas. */
const SLOW_HOURS = 3;
/** Ethane over methane from which gas is natural gas by the plain test. */
const ETHANE_SHARE = 0.003;

/** What people do without a model: the two things everybody tries first. */
export const recipes: readonly Recipe[] = [
  {
    name: `slower than ${SLOW_HOURS} h is biogas`,
    says(evidence) {
      const { prepared } = prepare(evidence);
      if (!prepared) return 'too-little-data';
      return prepared.episode.riseHours > SLOW_HOURS ? 'biogas' : 'leak';
    },
  },
  {
    name: 'no ethane is biogas',
    says({ ethane, methane, to }) {
      const recent = ({ at }: { at: number }) => at >= to - 3 * 3_600_000;
      const [gas, trace] = [methane.filter(recent), (ethane ?? []).filter(recent)];
      if (gas.length === 0 || trace.length === 0) return 'too-little-data';
      const top = (points: typeof gas) => Math.max(...points.map(({ value }) => value));
      return top(trace) / (10_000 * Math.max(0.1, top(gas))) < ETHANE_SHARE ? 'biogas' : 'leak';
    },
  },
];
