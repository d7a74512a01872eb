import { type CatalogueFault, faultLine } from '../../devices/city/catalogue-fault.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import type { StandardsProposal } from '../../devices/contract/standards.ts';

/** Faults that a sentence lists; `detail` has them all. */
const SHOWN = 200;

/** Said of standards that do not hold: every fault, with its place. */
export function standardsFaults(faults: readonly CatalogueFault[]): Refusal {
  const lines = faults.slice(0, SHOWN).map(faultLine).join('\n');
  const more = faults.length > SHOWN ? `\n  … ${faults.length - SHOWN} more` : '';
  return {
    code: 'standards-faults',
    zh: `标准有 ${faults.length} 处问题，全部改正后再提交：\n${lines}${more}`,
    en: `the standards have ${faults.length} faults; mend them all and ask again:\n${lines}${more}`,
  };
}

/** Said of a proposal that says what is in force already. */
export const nothingChanges: Refusal = {
  code: 'nothing-changes',
  zh: '与现行标准完全相同，没有需要更改的内容',
  en: 'this is what is in force already: nothing would change',
};

/** Said of a number that no proposal has. */
export const unknownProposal = (seq: number): Refusal => ({
  code: 'unknown-proposal',
  zh: `没有 ${seq} 号提案：用 yanshao standards list 查看`,
  en: `there is no proposal ${seq}: see \`yanshao standards list\``,
});

/** Said of a proposal that was decided before. */
export const notOpen = ({ seq, state }: StandardsProposal): Refusal => ({
  code: 'proposal-closed',
  zh: `${seq} 号提案已${state === 'approved' ? '批准' : '驳回'}`,
  en: `proposal ${seq} is ${state} already`,
});

/** Said of a proposal made against standards that another change has replaced since. */
export const overtaken = ({ seq, base }: StandardsProposal): Refusal => ({
  code: 'proposal-overtaken',
  zh: `${seq} 号提案基于第 ${base} 版，之后标准已有更改：批准会把那些更改撤销，请重新提出`,
  en: `proposal ${seq} was made against version ${base}, and the standards changed since: approving it would undo that. Propose it again`,
});

/** Said to whoever would approve what they asked for themselves. */
export const needsAnother = ({ seq, by }: StandardsProposal): Refusal => ({
  code: 'second-person',
  zh: `${seq} 号提案由 ${by.name} 提出：P1、P2 的更改须由另一人批准`,
  en: `proposal ${seq} is ${by.name}'s own: a change of P1 or P2 needs a second person`,
});

/** Said to whoever has approved already. */
export const alreadyDecided = ({ seq }: StandardsProposal): Refusal => ({
  code: 'second-person',
  zh: `您已对 ${seq} 号提案表态：还须另一人`,
  en: `you have decided about proposal ${seq} already: another person is needed`,
});
