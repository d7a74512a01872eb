import type { BacktestReport, TriedRule } from '../../devices/contract/backtest.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';
import type { CompiledRule } from '../standards/compile.ts';

/** What the figures of a report take into account and what they do not, as far as it concerns this rule in this period. */
export const notesOf = (rule: CompiledRule, after: TriedRule, overlays: BacktestReport['overlays']): Bilingual[] => [
  ...overlays.map(underOverlay),
  ...hiddenNote(after),
  ...(rule.hiddenBy.length > 0 || after.hidden.byPeople > 0 ? [standing] : []),
  ...(asksForRecords(rule) ? [records] : []),
];

const underOverlay = ({ title, devices }: BacktestReport['overlays'][number]): Bilingual => ({
  zh: `${devices} 台设备按“${title.zh}”的规定判定`,
  en: `devices judged by the figures of "${title.en}": ${devices}`,
});

function hiddenNote({ alarms, hidden: { byPeople, byDesign } }: TriedRule): Bilingual[] {
  if (byPeople + byDesign === 0) return [];
  return [
    {
      zh: `${alarms} 条报警中，${byDesign} 条响起时会被设计抑制遮住，${byPeople} 条会在人员搁置或停用之中；以上数字仍全部计入`,
      en: `of ${alarms} alarms ${byDesign} would have lain hidden by design when they rang, and ${byPeople} under a shelf or out of service; the figures count them all the same`,
    },
  ];
}

const standing: Bilingual = {
  zh: '遮住报警的，按当时记录的网关断开、失联等报警和审计中的搁置、停用计；没有记录的不计',
  en: 'what hides is taken from the alarms (gateway down, device silent) and the audit (shelves, out of service) as they were recorded then; what was not recorded hides nothing',
};

const records: Bilingual = {
  zh: '工单、许可与保护方案按现在登记的起止时间计；已删除的不计',
  en: 'work orders, permits and protection plans hold by the dates that are registered now; removed ones do not count',
};

const asksForRecords = ({ item, key }: CompiledRule): boolean => {
  const rule = item?.rules.find(({ id }) => `${item.code}.${id}` === key);
  const text = `${rule?.when?.expr ?? ''} ${rule && 'expr' in rule ? rule.expr : ''}`;
  return /\brecords\b/.test(text);
};
