import ExcelJS from 'exceljs';
import type { RunBody, ScoreNumber } from '../contract/score.ts';
import { escapeFormula } from '../registry/columns.ts';
import { callInText, valueText } from './words.ts';

type Cell = string | number | null;
/** What a sheet needs of the city: names by id. */
export type NameOf = (kind: 'department' | 'area' | 'class', id: string) => string;

/**
 * A run as a workbook: ranks, figures with what they are made of, appeals, call-ins, and by what it was scored; or the list, or
 * the sample. Every text is made harmless for programs that run formulas.
 */
export async function scoresWorkbook(
  body: RunBody,
  numbers: readonly ScoreNumber[],
  nameOf: NameOf,
): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook();
  add(book, '说明 About', ['项 / Item', '值 / Value'], aboutRows(body));
  if (body.result) addResult(book, body, numbers, nameOf);
  const { content } = body.run;
  if (content.kind === 'dispatch') addDispatch(book, body, content, nameOf);
  if (content.kind === 'sample') addSample(book, content, nameOf);
  return new Uint8Array(await book.xlsx.writeBuffer());
}

const time = (at: number | null): Cell => (at === null ? null : new Date(at).toISOString());

function aboutRows({ line, run, contentHash, signatures }: RunBody): Cell[][] {
  return [
    ['周期 / Cycle', `${run.cycle.name.zh} / ${run.cycle.name.en}`],
    ['期次 / Period', run.period.key],
    ['起 / From', time(run.period.from)],
    ['止 / To', time(run.period.to)],
    ['稿次 / Revision', run.revision],
    ['状态 / State', line.state],
    ['核算时间 / Worked out', time(run.at)],
    ['申诉截止 / Appeals until', time(line.appealUntil)],
    ['公布时间 / Published', time(line.publishedAt)],
    ['内容校验 / SHA-256', contentHash],
    ['签署 / Signed', signatures.map(({ name }) => name).join('、')],
    ...(run.reason ? [['重算理由 / Why anew', run.reason]] : []),
    ...(run.demo ? [['模拟 / SIMULATION', '数据来自演示，不是真实考核 / made of a demonstration’s rows']] : []),
  ];
}

function addResult(book: ExcelJS.Workbook, body: RunBody, numbers: readonly ScoreNumber[], nameOf: NameOf): void {
  const { result, run, appeals, changes } = body;
  if (!result || (run.content.kind !== 'score' && run.content.kind !== 'review')) return;
  const { indicators, weights } = run.content.basis;
  const names = new Map(result.lines.map(({ unit, name }) => [unit, `${name.zh} / ${name.en}`]));
  const titles = new Map(indicators.map(({ id, name }) => [id, `${name.zh} / ${name.en}`]));
  const shown = indicators.filter(({ id }) =>
    result.lines.some((line) => line.numbers.some((n) => n.indicator === id)),
  );
  const heads = [
    '类别 / Class',
    '名次 / Rank',
    '单位 / Unit',
    '得分 / Score',
    '覆盖 / Coverage',
    '依据 / Evidence',
    '榜 / List',
    '上期 / Before',
  ];
  add(
    book,
    '排名 Ranks',
    [...heads, ...shown.map(({ id }) => titles.get(id) ?? id)],
    result.lines.map((line) => [
      nameOf('class', line.class),
      line.rank ?? (line.unranked === 'coverage' ? '覆盖不足 / too little observed' : '依据不足 / too few figures'),
      names.get(line.unit) ?? line.unit,
      line.score,
      valueText({ kind: 'coverage' }, line.coverage.share),
      valueText({ kind: 'coverage' }, line.evidence),
      line.list === 'red' ? '红榜 / red' : line.list === 'black' ? '黑榜 / black' : null,
      line.earlier?.score ?? null,
      ...shown.map(({ id, measure }) =>
        valueText(measure, line.numbers.find(({ indicator }) => indicator === id)?.value ?? null),
      ),
    ]),
  );
  add(
    book,
    '约谈 Call-ins',
    ['单位 / Unit', '规则 / Rule'],
    result.callIns.map((one) => [names.get(one.unit) ?? one.unit, Object.values(callInText(one)).join(' / ')]),
  );
  add(
    book,
    '权重 Weights',
    ['类别 / Class', '指标 / Indicator', '权重 % / Weight', '满分 / Full', '零分 / Zero'],
    Object.entries(weights).flatMap(([group, of]) =>
      indicators
        .filter(({ id }) => (of[id] ?? 0) > 0)
        .map(({ id, full, zero }): Cell[] => [nameOf('class', group), titles.get(id) ?? id, of[id] ?? 0, full, zero]),
    ),
  );
  add(
    book,
    '申诉 Appeals',
    [
      '单位 / Unit',
      '指标 / Indicator',
      '理由 / Reason',
      '证据 / Evidence',
      '事实 / Facts',
      '裁定 / Decision',
      '裁定理由 / Why',
    ],
    appeals.map(({ unit, indicator, reason, evidence, facts, decided }) => [
      names.get(unit) ?? unit,
      titles.get(indicator) ?? indicator,
      reason,
      evidence,
      facts.join(' '),
      decided ? (decided.upheld ? '采纳 / upheld' : '驳回 / dismissed') : '待裁定 / waits',
      decided?.reason ?? null,
    ]),
  );
  if (changes.length > 0)
    add(
      book,
      '更正 Changes',
      ['单位 / Unit', '项 / What', '原 / Before', '现 / After'],
      changes.map(({ unit, what, before, after }) => [
        names.get(unit) ?? unit,
        titles.get(what) ?? what,
        before,
        after,
      ]),
    );
  add(
    book,
    '事实 Facts',
    ['单位 / Unit', '指标 / Indicator', '事实 / Fact', '值 / Value'],
    numbers.flatMap(({ unit, indicator, facts }) =>
      facts.map(({ id, value }): Cell[] => [names.get(unit) ?? unit, titles.get(indicator) ?? indicator, id, value]),
    ),
  );
}

function addDispatch(
  book: ExcelJS.Workbook,
  { promises }: RunBody,
  content: Extract<RunBody['run']['content'], { kind: 'dispatch' }>,
  nameOf: NameOf,
): void {
  const heads = [
    '未结 / Open',
    '超期 / Overdue',
    '争议 / Disputed',
    '挂起 / Suspended',
    '无人 / Unowned',
    '退回 / Returned',
  ];
  add(
    book,
    '调度 Dispatch',
    ['部门 / Department', ...heads],
    content.lines.map((line) => [
      nameOf('department', line.department),
      ...[line.open, line.overdue, line.disputed, line.suspended, line.unowned, line.returned].map((ids) => ids.length),
    ]),
  );
  add(
    book,
    '承诺 Promises',
    ['部门 / Department', '承诺 / Promise', '期限 / Until', '结果 / State'],
    [...content.promised, ...promises].map((one) => [
      nameOf('department', one.department),
      one.text,
      time(one.until),
      'state' in one ? String(one.state ?? '') : '',
    ]),
  );
}

function addSample(
  book: ExcelJS.Workbook,
  { seed, strata }: Extract<RunBody['run']['content'], { kind: 'sample' }>,
  nameOf: NameOf,
): void {
  add(
    book,
    '暗访 Visits',
    ['区域 / Area', '大类 / Category', '地点 / Place', '编号 / Id', '经度 / Lon', '纬度 / Lat', '签值 / Lot'],
    strata.flatMap(({ area, category, drawn }) =>
      drawn.map((one): Cell[] => [nameOf('area', area), category, one.name, one.place, one.lon, one.lat, one.lot]),
    ),
  );
  add(book, '种子 Seed', ['种子 / Seed'], [[seed]]);
}

function add(
  book: ExcelJS.Workbook,
  name: string,
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
): void {
  const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.addRow([...titles]).font = { bold: true };
  for (const row of rows) sheet.addRow(row.map((cell) => (typeof cell === 'string' ? escapeFormula(cell) : cell)));
  titles.forEach((title, index) => {
    sheet.getColumn(index + 1).width = Math.max(10, Math.min(40, title.length * 2));
  });
}
