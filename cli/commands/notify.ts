import { Command, Option } from 'commander';
import type { Priority } from '../../devices/contract/alarm.ts';
import type { NoticeBody } from '../../devices/contract/api.ts';
import type { DataFolder } from '../../kit/data-folder.ts';
import { carryOut } from '../commands-port.ts';
import { connect } from '../connect.ts';
import { noticeLines } from '../notice-lines.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';

/** How often the command line asks what came of a test, and for how long, ms. */
const ASK_MS = 1000;
const WATCH_MS = 120_000;

/** `yanshao notify`: who was told of what, and whether somebody can be reached at all. */
export function notifyCommand(): Command {
  return new Command('notify')
    .description('通知：查看通知了谁、结果如何；发送测试通知 / who was told of what, and what came of it; test notices')
    .addCommand(listCommand())
    .addCommand(testCommand());
}

function listCommand(): Command {
  return new Command('list')
    .option(
      '--subject <subject>',
      '只看关于它的：alarm/<编号>、ticket/<编号> / only about this: alarm/<id>, ticket/<id>',
    )
    .option('--all', '也看已处理的 / those that somebody has handled too')
    .option('--limit <n>', '最多多少条 / at most so many', '50')
    .option('--json', '标准输出只有一个 JSON 对象 / one JSON object on standard output')
    .description(
      '通知及每一步的时间与结果，新的在前 / notices with the time and outcome of each step, the newest first',
    )
    .action(async ({ subject, all, limit, json }: { subject?: string; all?: true; limit: string; json?: true }) => {
      const open = all || subject !== undefined ? undefined : true;
      const items = await noticesOf(chosenFolder(readConfig()), { subject, open, limit: Number(limit) });
      if (json) console.log(JSON.stringify({ items }));
      else for (const line of items.flatMap(noticeLines)) console.log(line);
      say(`${items.length} 条通知 / notices`);
    });
}

function testCommand(): Command {
  return new Command('test')
    .argument('<person>', '责任清单里的人员编号 / id of a person of the duty list')
    .addOption(
      new Option('--priority <priority>', '按哪一级的阶梯 / by the ladder of this priority')
        .choices(['P1', 'P2', 'P3', 'P4'])
        .default('P2'),
    )
    .description(
      '按阶梯向一个人发送测试通知（标记为演练），并跟踪每一步 / send a person a test notice, marked as a drill, and follow each step',
    )
    .action(async (person: string, { priority }: { priority: Priority }) => {
      const folder = chosenFolder(readConfig());
      const [id = ''] = await carryOut(folder, { type: 'notify.test', person, priority });
      await follow(folder, `test/${id.replace(/^test\//, '')}`);
    });
}

/** Shows each step as it comes about, until somebody takes it up, or for two minutes. */
async function follow(folder: DataFolder, subject: string): Promise<void> {
  const said = new Set<string>();
  for (const until = Date.now() + WATCH_MS; Date.now() < until; ) {
    const [notice] = await noticesOf(folder, { subject, limit: 1 });
    for (const line of notice ? noticeLines(notice) : []) {
      if (!said.has(line)) console.log(line);
      said.add(line);
    }
    if (notice && notice.handledAt !== null) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
  say('两分钟内无人处理；阶梯继续 / nobody took it up within two minutes; the ladder goes on');
}

async function noticesOf(
  folder: DataFolder,
  query: { subject?: string | undefined; open?: boolean | undefined; limit: number },
): Promise<readonly NoticeBody[]> {
  const rules = connect(folder, 'rules');
  try {
    return await rules.call<readonly NoticeBody[]>('rules.notices', query);
  } finally {
    await rules.close();
  }
}
