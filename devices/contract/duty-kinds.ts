/**
 * What somebody can be responsible for at an item: 处置 handle · 属地 local government · 监管 supervising bureau · 主体 company ·
 * 派遣 dispatch · 核查 verify · 回头看 recheck · 值守 watching seat · 见事报信 those above who are told.
 */
export const dutyKinds = [
  'handle',
  'local',
  'supervise',
  'company',
  'dispatch',
  'verify',
  'recheck',
  'seat',
  'upward',
] as const;
export type DutyKind = (typeof dutyKinds)[number];

/** The name of each kind of record's list in a put, a file and a route. */
export const dutyLists = {
  person: 'persons',
  post: 'posts',
  shift: 'shifts',
  roster: 'rosters',
  swap: 'swaps',
  absence: 'absences',
  deputy: 'deputies',
  assignment: 'assignments',
} as const;
export type DutyRecordKind = keyof typeof dutyLists;

export const dutyRecordKinds = Object.keys(dutyLists) as readonly DutyRecordKind[];
