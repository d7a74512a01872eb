/** How a value stands in a cell. */
export type CellKind = 'text' | 'number' | 'list' | 'json' | 'flag';

/** One column: its title in the workbook, and where its value belongs in the record. */
export interface Column {
  readonly title: string;
  readonly path: readonly string[];
  readonly kind: CellKind;
}

const column = (title: string, path: string, kind: CellKind = 'text'): Column => ({
  title,
  path: path.split('.'),
  kind,
});

/** Whatever a record says that has no column of its own: nothing is lost, also of rule kinds that come later. */
export const REST = '其他（JSON）';

/** Names of the sheets, in the order in which they stand. */
export const sheets = {
  catalogue: '目录',
  domains: '领域',
  categories: '大类',
  items: '项目',
  rules: '规则',
  procedures: '处置程序',
  overlays: '叠加层',
} as const;

export const catalogueColumns: readonly Column[] = [
  column('版本', 'version'),
  column('名称', 'title.zh'),
  column('英文名称', 'title.en'),
  column('说明', 'warning.zh'),
  column('英文说明', 'warning.en'),
  column('生效', 'effective.from'),
  column('失效', 'effective.to'),
];

export const domainColumns: readonly Column[] = [
  column('领域编码', 'code'),
  column('名称', 'name.zh'),
  column('英文名称', 'name.en'),
];

export const categoryColumns: readonly Column[] = [
  column('大类编码', 'code'),
  column('名称', 'name.zh'),
  column('英文名称', 'name.en'),
  column('状态', 'status'),
  column('原文用语', 'sourceWords'),
  column('出处', 'sources', 'list'),
];

export const itemColumns: readonly Column[] = [
  column('项目编码', 'code'),
  column('名称', 'name.zh'),
  column('英文名称', 'name.en'),
  column('标准内容', 'standard.text'),
  column('文字性质', 'standard.provenance'),
  column('来源', 'standard.source'),
  column('问题描述', 'problem'),
  column('牵头部门', 'leadDepartment'),
  column('配合部门', 'cooperating', 'list'),
  column('设备类型', 'deviceType'),
  column('危险类别', 'hazard'),
  column('处置程序', 'procedure'),
  column('确认时限（分钟）', 'timeLimit.ackMin', 'number'),
  column('到场时限（分钟）', 'timeLimit.arriveMin', 'number'),
  column('控险时限（分钟）', 'timeLimit.makeSafeMin', 'number'),
  column('办结时限（小时）', 'timeLimit.closeH', 'number'),
  column('计时方式', 'timeLimit.clock'),
  column('时限依据（JSON）', 'timeLimit.basis', 'json'),
  column('备注', 'note'),
];

export const ruleColumns: readonly Column[] = [
  column('规则编号', 'id'),
  column('名称', 'title.zh'),
  column('英文名称', 'title.en'),
  column('类型', 'kind'),
  column('测量量', 'measurement'),
  column('比较', 'op'),
  column('限值', 'limit.value', 'number'),
  column('算式', 'limit.expr'),
  column('单位', 'limit.unit'),
  column('状态词', 'limit.state'),
  column('布尔', 'limit.flag', 'flag'),
  column('代码', 'limit.code', 'number'),
  column('回差', 'deadband.value', 'number'),
  column('回差算式', 'deadband.expr'),
  column('回差单位', 'deadband.unit'),
  column('优先级', 'priority'),
  column('报警延时（秒）', 'onDelayS', 'number'),
  column('恢复延时（秒）', 'offDelayS', 'number'),
  column('自锁', 'latched', 'flag'),
  column('阶梯', 'ladder'),
  column('窗口（秒）', 'windowS', 'number'),
  column('失联（秒）', 'afterS', 'number'),
  column('条件', 'when.expr'),
  column('条件说明', 'when.text.zh'),
  column('条件英文说明', 'when.text.en'),
  column('依据（JSON）', 'basis', 'json'),
  column('备注', 'note'),
];

export const stepColumns: readonly Column[] = [
  column('程序编号', 'procedure'),
  column('版本', 'version'),
  column('名称', 'title.zh'),
  column('英文名称', 'title.en'),
  column('文字性质', 'provenance'),
  column('来源', 'source'),
  column('步骤', 'step.text.zh'),
  column('英文步骤', 'step.text.en'),
  column('记录', 'step.record'),
  column('选项（JSON）', 'step.choices', 'json'),
  column('读数单位', 'step.unit'),
];

export const overlayColumns: readonly Column[] = [
  column('文件', 'file'),
  column('编号', 'id'),
  column('名称', 'title.zh'),
  column('英文名称', 'title.en'),
  column('类别', 'kind'),
  column('区域', 'areas', 'list'),
  column('网格', 'grids', 'list'),
  column('生效', 'effective.from'),
  column('失效', 'effective.to'),
  column('文字性质', 'provenance'),
  column('来源', 'source'),
  column('领域顺序', 'order', 'list'),
  column('更改（JSON）', 'changes', 'json'),
];
