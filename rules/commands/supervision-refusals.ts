import type { Refusal } from '../../devices/contract/command.ts';
import type { ActorRole } from '../../devices/contract/roles.ts';
import type { Bilingual } from '../../devices/model/device-type.ts';

const refusal = (code: string, zh: string, en: string): Refusal => ({ code, zh, en });
const day = (at: number): string => new Date(at).toISOString();

export const noSupervision = refusal(
  'no-supervision',
  '本市没有考核设置：请在城市文件夹中写 supervision.yaml',
  'this city has no supervision: write a supervision.yaml in its folder',
);
export const notYourSupervision = (role: ActorRole, may: readonly ActorRole[]) =>
  refusal(
    'not-your-role',
    `您的角色（${role}）不能做这一步；可以的角色：${may.join('、')}`,
    `your role (${role}) may not do this; these may: ${may.join(', ')}`,
  );
export const notByToken = refusal(
  'not-in-person',
  '须由本人在页面或命令行上完成，不能用接口令牌',
  'this is done in person, at a page or the command line: not by an API token',
);
export const unknownCycle = (id: string, known: readonly string[]) =>
  refusal(
    'unknown-cycle',
    `没有周期“${id}”；有：${known.join('、')}`,
    `there is no cycle "${id}"; there is ${known.join(', ')}`,
  );
export const unknownPeriod = (key: string, like: string) =>
  refusal(
    'unknown-period',
    `“${key}”不是这个周期的期次；写法如 ${like}`,
    `"${key}" is no period of this cycle; one is written ${like}`,
  );
export const notEnded = (key: string, to: number) =>
  refusal(
    'not-ended',
    `${key} 到 ${day(to)} 才结束，之后才能核算`,
    `${key} ends at ${day(to)}: it is worked out after that`,
  );
export const notBegun = (key: string, from: number) =>
  refusal('not-begun', `${key} 到 ${day(from)} 才开始`, `${key} begins at ${day(from)} only`);
export const reasonNeeded = (key: string, revision: number) =>
  refusal(
    'reason-needed',
    `${key} 已有第 ${revision} 稿：重新核算须写明理由`,
    `${key} was worked out already (revision ${revision}): say why it is done anew`,
  );
export const unknownRun = (id: string) => refusal('unknown-run', `没有这次核算：${id}`, `there is no run "${id}"`);
export const unknownNumber = (unit: string, indicator: string) =>
  refusal('unknown-number', `这次核算中没有 ${unit} 的 ${indicator}`, `this run has no figure ${indicator} of ${unit}`);
export const notProvisional = (state: string) =>
  refusal(
    'not-provisional',
    state === 'published' ? '结果已公布并冻结；更正须重新核算为新的一稿' : '这一稿不在公示中',
    state === 'published'
      ? 'the result is published and frozen: a correction is a new revision'
      : 'this revision is not provisional',
  );
export const appealsClosed = (until: number) =>
  refusal('appeals-closed', `申诉期已于 ${day(until)} 截止`, `appeals closed at ${day(until)}`);
export const appealsOpen = (until: number) =>
  refusal(
    'appeals-open',
    `申诉期到 ${day(until)} 才截止，之后才能公布`,
    `numbers may be appealed until ${day(until)}: it is published after that`,
  );
export const appealsWaiting = (count: number) =>
  refusal(
    'appeals-waiting',
    `还有 ${count} 件申诉未裁定，先裁定再公布`,
    `${count} appeals wait for a decision: decide them first`,
  );
export const notItsFacts = (ids: readonly string[]) =>
  refusal(
    'not-its-facts',
    `这个数不是由这些事实构成的：${ids.slice(0, 5).join('、')}`,
    `the number is not made of ${ids.slice(0, 5).join(', ')}`,
  );
export const unknownAppeal = (seq: number) =>
  refusal('unknown-appeal', `没有第 ${seq} 号申诉`, `there is no appeal ${seq}`);
export const alreadyDecidedAppeal = (by: string) =>
  refusal('already-decided', `${by} 已裁定`, `${by} has decided it already`);
export const ownAppeal = refusal('own-appeal', '不能裁定自己提出的申诉', 'nobody decides his own appeal');
export const notYourDepartment = (unit: Bilingual, own: Bilingual) =>
  refusal(
    'not-your-department',
    `您属于${own.zh}，不能替“${unit.zh}”申诉：由该单位的人员提出`,
    `you are of ${own.en} and cannot appeal for ${unit.en}: its own people do`,
  );
export const notOnDutyList = (unit: Bilingual) =>
  refusal(
    'not-your-department',
    `责任清单中没有您的账号，不知您属于哪个部门：由“${unit.zh}”的人员提出，或先把账号登记到责任清单`,
    `the duty list has no person of your account: the people of ${unit.en} appeal, or your account is registered first`,
  );
export const ownDepartmentsAppeal = (own: Bilingual) =>
  refusal(
    'own-appeal',
    `这是${own.zh}自己的申诉，须由其他部门的人裁定`,
    `this is the appeal of ${own.en} itself: somebody of another department decides`,
  );
export const leftOutOfDismissed = refusal(
  'dismissed-leaves-nothing-out',
  '驳回的申诉不能剔除事实',
  'an appeal that is dismissed leaves no facts out',
);
export const changedMeanwhile = refusal(
  'changed-meanwhile',
  '您看到的结果已变化（又裁定了申诉）：请刷新后再签',
  'the result is no longer the one you saw: reload, then sign',
);
export const alreadySigned = (name: string) =>
  refusal('already-signed', `${name} 已签过：须由另一人签`, `${name} has signed already: another person must`);
export const unknownClass = (id: string, known: readonly string[]) =>
  refusal(
    'unknown-class',
    `没有单位类别“${id}”；有：${known.join('、')}`,
    `there is no class "${id}"; there is ${known.join(', ')}`,
  );
export const unknownIndicators = (ids: readonly string[], known: readonly string[]) =>
  refusal(
    'unknown-indicator',
    `没有指标 ${ids.join('、')}；有：${known.join('、')}`,
    `there is no indicator ${ids.join(', ')}; there is ${known.join(', ')}`,
  );
export const unknownWeights = (seq: number) =>
  refusal('unknown-weights', `没有第 ${seq} 号权重提案`, `there is no change of weights ${seq}`);
export const weightsAgreed = refusal('already-agreed', '该权重已生效', 'these weights were agreed already');
export const notADispatch = refusal('not-a-dispatch', '承诺只能记在调度清单上', 'promises are made at a dispatch list');
export const unknownDepartment = (id: string) =>
  refusal('unknown-department', `没有部门“${id}”`, `there is no department "${id}"`);
export const promiseInThePast = refusal(
  'ends-in-the-past',
  '承诺的期限已过，请给出将来的时间',
  'the promise would end in the past: give a time to come',
);
