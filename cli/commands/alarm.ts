import { Command, Option } from 'commander';
import { type VerdictKind, verdictKinds } from '../../devices/contract/alarm.ts';
import type { AlarmBody, AlarmsBody, OverridesBody } from '../../devices/contract/api.ts';
import type { CommandOutcome } from '../../devices/contract/command.ts';
import type { Point } from '../../devices/contract/overrides.ts';
import { Problem } from '../../kit/problem.ts';
import { alarmLine, alarmLines, askLine } from '../alarm-lines.ts';
import { outcomeOf } from '../commands-port.ts';
import { connect } from '../connect.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';
import { timeOf } from '../time-of.ts';

/** `yanshao alarm`: what stands, and what the duty seat does about it, as the person at the terminal. */
export function alarmCommand(): Command {
  const command = new Command('alarm').description(
    '告警：列表、详情、确认、搁置、停用、二次确认、研判 / alarms: list, show, acknowledge, shelve, take out of service, confirm, judge',
  );
  addLooking(command);
  addActs(command);
  addPuttingAside(command);
  return command;
}

function addLooking(command: Command): void {
  command
    .command('list', { isDefault: true })
    .option('--all', '连同已结束的 / closed ones too')
    .option('--priority <priorities>', 'P1,P2')
    .option('--device <id>')
    .option('--area <code>')
    .option('--limit <n>', '', '50')
    .option('--json', '以 JSON 输出 / as JSON')
    .description('列出告警，以及等待二次确认的请求 / list alarms, and what waits for a second person')
    .action(async ({ all, json, ...query }: ListOptions) => {
      const body = await asked<AlarmsBody>('dashboard.alarms', { ...query, state: all ? 'all' : 'open' });
      const { asked: waiting } = await asked<OverridesBody>('dashboard.overrides', {});
      if (json) return void console.log(JSON.stringify({ ...body, asked: waiting }, null, 2));
      say(`${body.total} 条 / alarms`);
      for (const alarm of body.items) console.log(alarmLine(alarm, body.tickets[alarm.id]));
      if (waiting.length > 0) say('等待二次确认 / waiting for a second person:');
      for (const ask of waiting) console.log(askLine(ask));
    });
  command
    .command('show')
    .argument('<id>')
    .option('--json', '以 JSON 输出 / as JSON')
    .description('一条告警的全部 / one alarm in full')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const body = await asked<AlarmBody | null>('dashboard.alarm', id);
      if (!body) throw new Problem(`没有告警“${id}”\nthere is no alarm "${id}"`);
      if (json) console.log(JSON.stringify(body, null, 2));
      else for (const line of alarmLines(body)) console.log(line);
    });
}

interface ListOptions {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly priority?: string;
  readonly device?: string;
  readonly area?: string;
  readonly limit: string;
}

function addActs(command: Command): void {
  command
    .command('ack')
    .argument('<ids...>', '告警 id / ids of alarms')
    .option('--note <text>')
    .description('确认告警 / acknowledge alarms')
    .action(async (alarms: string[], { note }: { note?: string }) =>
      told(await done({ type: 'acknowledge', alarms, ...(note && { note }) })),
    );
  command
    .command('reset')
    .argument('<id>', '告警 id / id of the alarm')
    .option('--note <text>')
    .description('复位已恢复的锁存告警 / reset a latched alarm after its return')
    .action(async (alarm: string, { note }: { note?: string }) =>
      told(await done({ type: 'reset', alarm, ...(note && { note }) })),
    );
  command
    .command('judge')
    .argument('<ids...>', '告警 id，或一个 incident:… / ids of alarms, or one incident:…')
    .addOption(new Option('--as <kind>', '结论 / what it was').choices([...verdictKinds]).makeOptionMandatory())
    .requiredOption('--evidence <text>', '依据 / what that rests on')
    .description('研判 / give a verdict')
    .action(async (ids: string[], { as: kind, evidence }: { as: VerdictKind; evidence: string }) => {
      const [first = ''] = ids;
      const of = first.startsWith('incident:') ? { incident: first } : { alarms: ids };
      told(await done({ type: 'judge', of, kind, evidence }));
    });
}

function addPuttingAside(command: Command): void {
  command
    .command('shelve')
    .argument('<ids...>', '告警 id / ids of alarms')
    .requiredOption('--minutes <n>', '多久 / for how long')
    .requiredOption('--reason <text>', '原因 / why')
    .option('--one-shot', '恢复即止 / ends with the return')
    .description('限时搁置；燃气、消防 P1 须二次确认 / shelve for a time; P1 of gas and fire wait for a second person')
    .action(async (alarms: string[], { minutes, reason, oneShot = false }: ShelveOptions) =>
      told(await done({ type: 'shelve', alarms, minutes: Number(minutes), reason, oneShot })),
    );
  command
    .command('unshelve')
    .argument('<point>', pointWords)
    .description('取消搁置 / end a shelf')
    .action(async (point: string) => told(await done({ type: 'unshelve', ...pointOf(point) })));
  command
    .command('out-of-service')
    .argument('<point>', `${pointWords}；只给设备则整台停用 / a device alone: all of it`)
    .requiredOption('--work-order <no>', '工单号 / number of the work order')
    .requiredOption('--reason <text>', '原因 / why')
    .option('--until <time>', '自动恢复的时间 / when it ends by itself')
    .description('凭工单停用 / take out of service under a work order')
    .action(async (point: string, { workOrder, reason, until }: ServiceOptions) => {
      const ends = until === undefined ? null : timeOf(until);
      told(await done({ type: 'out-of-service', ...pointOf(point), workOrder, reason, until: ends }));
    });
  command
    .command('return-to-service')
    .argument('<point>', pointWords)
    .description('恢复使用 / return to service')
    .action(async (point: string) => told(await done({ type: 'return-to-service', ...pointOf(point) })));
  command
    .command('confirm')
    .argument('<ask>', '请求 id，见 list / id of what was asked for, see list')
    .description('作为第二人确认 / confirm as the second person')
    .action(async (ask: string) => told(await done({ type: 'confirm', ask })));
  command
    .command('decline')
    .argument('<ask>', '请求 id / id of what was asked for')
    .option('--note <text>')
    .description('不同意，或撤回 / decline, or withdraw')
    .action(async (ask: string, { note }: { note?: string }) =>
      told(await done({ type: 'decline', ask, ...(note && { note }) })),
    );
}

interface ShelveOptions {
  readonly minutes: string;
  readonly reason: string;
  readonly oneShot?: boolean;
}
interface ServiceOptions {
  readonly workOrder: string;
  readonly reason: string;
  readonly until?: string;
}

const pointWords = '<设备>/<规则>，或告警 id / <device>/<rule>, or the id of an alarm';

/** `k1`, `k1/G05-14.com-l2` or an alarm's id, which begins so. */
export function pointOf(text: string): Point {
  const [device = '', rule] = text.split('/');
  return { device, rule: rule || null };
}

const done = (wanted: Parameters<typeof outcomeOf>[1]) => outcomeOf(chosenFolder(readConfig()), wanted);

/** Says what changed, what waits for a second person, and what was refused; anything refused is a failure to a script. */
function told({ changed, asked: waiting = [], refused = [] }: Extract<CommandOutcome, { readonly done: true }>): void {
  for (const id of changed) console.log(id);
  if (waiting.length > 0) say('等待另一角色的另一人确认 / waits for another person of another role:');
  for (const ask of waiting) console.log(askLine(ask));
  for (const { id, zh, en } of refused) say(`✗ ${id}: ${zh} / ${en}`);
  if (refused.length > 0) process.exitCode = 1;
  else if (changed.length === 0 && waiting.length === 0) say('已完成 / done');
}

async function asked<T>(method: string, query: unknown): Promise<T> {
  const dashboard = connect(chosenFolder(readConfig()), 'dashboard');
  try {
    return await dashboard.call<T>(method, query);
  } finally {
    dashboard.close();
  }
}
