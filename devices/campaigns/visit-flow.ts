import type { VisitPersonStep, VisitStage } from '../contract/campaign.ts';

type Kind = VisitPersonStep['kind'];

/** A visit as a table. What is missing from a row is refused there. */
export const visitFlow: Readonly<Record<VisitStage, Partial<Record<Kind, VisitStage>>>> = {
  planned: { start: 'started', 'nobody-home': 'again', refused: 'refused' },
  again: { start: 'started', 'nobody-home': 'again', refused: 'refused' },
  started: { finding: 'started', done: 'done', 'hand-back': 'planned', 'nobody-home': 'again', refused: 'refused' },
  done: {},
  unreached: {},
  refused: {},
  missed: {},
};

/** Stages in words. */
export const visitStageWords: Readonly<Record<VisitStage, { readonly zh: string; readonly en: string }>> = {
  planned: { zh: '待走访', en: 'to be visited' },
  again: { zh: '待二次走访', en: 'to be visited again' },
  started: { zh: '走访中', en: 'being visited' },
  done: { zh: '已走访', en: 'visited' },
  unreached: { zh: '未能见到人', en: 'nobody was ever at home' },
  refused: { zh: '拒绝走访', en: 'not let in' },
  missed: { zh: '逾期未访', en: 'missed' },
};

/** Steps in words, as something one does. */
export const visitStepWords: Readonly<Record<Kind, { readonly zh: string; readonly en: string }>> = {
  start: { zh: '开始走访', en: 'begin it' },
  finding: { zh: '登记问题', en: 'record a finding' },
  done: { zh: '完成走访', en: 'end it' },
  'nobody-home': { zh: '登记无人', en: 'say that nobody was at home' },
  refused: { zh: '登记拒访', en: 'say that one was not let in' },
  'hand-back': { zh: '交回', en: 'hand it back' },
};
