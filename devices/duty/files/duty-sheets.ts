import type { CellKind, Column } from '../../city/workbook/columns.ts';
import type { DutyRecordKind } from '../../contract/duty-kinds.ts';
import { dutyKinds } from '../../contract/duty-kinds.ts';
import { dutyNames } from '../duty-words.ts';

type Json = Record<string, unknown>;

/** How the records of one kind stand in a table: a sheet of a workbook, or a CSV file of their own. */
export interface DutySheet {
  readonly kind: DutyRecordKind;
  /** Name of the sheet; a CSV file may be named after it. */
  readonly sheet: string;
  readonly columns: readonly Column[];
  /** A record as what its columns hold. */
  readonly toCells: (record: Json) => Json;
  /** The record again; what cannot be one is left for the schema to refuse. */
  readonly fromCells: (cells: Json) => Json;
}

const column = (title: string, path: string, kind: CellKind = 'text'): Column => ({
  title,
  path: path.split('.'),
  kind,
});
const id = column('编号', 'id');
const days = [column('生效', 'from'), column('失效', 'to')];
const same = (record: Json): Json => record;

const dutyByWord = new Map<string, string>(dutyKinds.map((kind) => [dutyNames[kind].zh, kind]));
const dutyWord = (kind: unknown): unknown => dutyNames[kind as keyof typeof dutyNames]?.zh ?? kind;
const dutyOf = (word: unknown): unknown => dutyByWord.get(String(word)) ?? word;
const mapped = (list: unknown, of: (one: unknown) => unknown): unknown => (Array.isArray(list) ? list.map(of) : list);

/** `sms:000-1111` or `page`. */
const channelText = (channel: unknown): string => {
  const { kind, address } = channel as { kind: string; address?: string };
  return address === undefined ? kind : `${kind}:${address}`;
};
const channelOf = (text: unknown): unknown => {
  const [kind = '', ...address] = String(text).split(/[:：]/);
  return { kind: kind.trim(), ...(address.length > 0 && { address: address.join(':').trim() }) };
};
/** `22:00-07:00`. */
const quietText = (quiet: unknown): string => {
  const { from, to } = quiet as { from: string; to: string };
  return `${from}-${to}`;
};
const quietOf = (text: unknown): unknown => {
  const [from = '', to = ''] = String(text).split(/[-–—~至]/);
  return { from: from.trim(), to: to.trim() };
};

const patternWords = { week: '按周', cycle: '轮换' } as const;
const NOBODY = '-';

/** `bo；cy | dee`: turns side by side, each with its persons; a turn with nobody is `-`. */
const turnsText = (turns: unknown): unknown =>
  Array.isArray(turns) ? turns.map((one: string[]) => (one.length > 0 ? one.join('；') : NOBODY)).join(' | ') : turns;
const turnsOf = (text: unknown): unknown =>
  typeof text === 'string'
    ? text.split(/[|｜]/).map((turn) => (turn.trim() === NOBODY ? [] : turn.split(/[；;]/).map((one) => one.trim())))
    : text;

function patternToCells({ pattern, ...record }: Json): Json {
  const { kind, turns, ...rest } = pattern as Json & { kind: keyof typeof patternWords };
  return {
    ...record,
    pattern: { ...rest, kind: patternWords[kind] ?? kind, ...(turns !== undefined && { turns: turnsText(turns) }) },
  };
}

function patternFromCells({ pattern, ...record }: Json): Json {
  const { kind, turns, ...rest } = (pattern ?? {}) as Json;
  const named = Object.entries(patternWords).find(([, word]) => word === kind)?.[0] ?? kind;
  const days = named === 'week' && rest.days === undefined ? { days: {} } : {};
  return {
    ...record,
    pattern: { ...rest, ...days, kind: named, ...(turns !== undefined && { turns: turnsOf(turns) }) },
  };
}

const weekdays = ['一', '二', '三', '四', '五', '六', '日'].map((day, index) =>
  column(`周${day}`, `pattern.days.${index + 1}`, 'list'),
);

export const dutySheets: readonly DutySheet[] = [
  {
    kind: 'person',
    sheet: '人员',
    columns: [
      ...[
        id,
        column('姓名', 'name'),
        column('英文姓名', 'nameEn'),
        column('部门', 'department'),
        column('账号', 'account'),
        column('其他账号', 'otherAccounts', 'list'),
      ],
      ...[column('电话', 'phone'), column('语言', 'language'), column('队伍', 'crews', 'list')],
      ...[column('通知渠道', 'channels', 'list'), column('免打扰', 'quiet', 'list'), ...days],
    ],
    toCells: ({ channels, quiet, ...person }) => ({
      ...person,
      channels: mapped(channels, channelText),
      ...(quiet !== undefined && { quiet: mapped(quiet, quietText) }),
    }),
    fromCells: ({ channels, quiet, ...person }) => ({
      ...person,
      ...(channels !== undefined && { channels: mapped(channels, channelOf) }),
      ...(quiet !== undefined && { quiet: mapped(quiet, quietOf) }),
    }),
  },
  {
    kind: 'post',
    sheet: '岗位',
    columns: [
      ...[id, column('名称', 'name.zh'), column('英文名称', 'name.en'), column('部门', 'department')],
      ...[
        column('区域', 'areas', 'list'),
        column('职责', 'duties', 'list'),
        column('任职者', 'holders', 'list'),
        ...days,
      ],
    ],
    toCells: (post) => ({ ...post, duties: mapped(post.duties, dutyWord) }),
    fromCells: (post) => ({ ...post, ...(post.duties !== undefined && { duties: mapped(post.duties, dutyOf) }) }),
  },
  {
    kind: 'shift',
    sheet: '班次',
    columns: [
      id,
      column('名称', 'name.zh'),
      column('英文名称', 'name.en'),
      column('开始', 'from'),
      column('结束', 'to'),
    ],
    toCells: same,
    fromCells: same,
  },
  {
    kind: 'roster',
    sheet: '排班',
    columns: [
      ...[id, column('岗位', 'post'), column('队伍', 'crew'), column('班次', 'shift'), column('方式', 'pattern.kind')],
      ...[...weekdays, column('轮换起始日', 'pattern.anchor'), column('每轮天数', 'pattern.everyDays', 'number')],
      ...[
        column('轮换', 'pattern.turns'),
        column('节假日', 'holidays', 'list'),
        column('调休日', 'makeUpDays', 'list'),
        ...days,
      ],
    ],
    toCells: patternToCells,
    fromCells: patternFromCells,
  },
  {
    kind: 'swap',
    sheet: '换班',
    columns: [
      ...[id, column('排班', 'roster'), column('日期', 'date'), column('换出', 'out'), column('换入', 'in')],
      column('原因', 'reason'),
    ],
    toCells: same,
    fromCells: same,
  },
  {
    kind: 'absence',
    sheet: '请假',
    columns: [id, column('人员', 'person'), column('开始', 'from'), column('结束', 'to'), column('原因', 'reason')],
    toCells: same,
    fromCells: same,
  },
  {
    kind: 'deputy',
    sheet: '代理',
    columns: [
      ...[id, column('人员', 'person'), column('岗位', 'post'), column('代理人', 'deputy')],
      ...[column('顺序', 'order', 'number'), ...days],
    ],
    toCells: same,
    fromCells: same,
  },
  {
    kind: 'assignment',
    sheet: '责任分工',
    columns: [
      ...[
        id,
        column('职责', 'duty'),
        column('事项', 'match.items', 'list'),
        column('大类', 'match.categories', 'list'),
      ],
      ...[column('危险类别', 'match.hazards', 'list'), column('领域', 'match.domains', 'list')],
      ...[column('区域', 'match.areas', 'list'), column('网格', 'match.grids', 'list'), column('部门', 'department')],
      ...[column('岗位', 'post'), column('队伍', 'crew'), column('人员', 'person'), ...days],
    ],
    toCells: (assignment) => ({ ...assignment, duty: dutyWord(assignment.duty) }),
    fromCells: ({ duty, match, ...assignment }) => ({
      ...assignment,
      match: match ?? {},
      ...(duty !== undefined && { duty: dutyOf(duty) }),
    }),
  },
];

/** The sheet of a kind. */
export const sheetOf = (kind: DutyRecordKind): DutySheet =>
  dutySheets.find((sheet) => sheet.kind === kind) as DutySheet;
