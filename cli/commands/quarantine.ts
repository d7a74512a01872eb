import { Command } from 'commander';
import type { Quarantined, QuarantineQuery } from '../../devices/contract/quarantine.ts';
import type { DataFolder } from '../../kit/data-folder.ts';
import { Problem } from '../../kit/problem.ts';
import { outcomeOf } from '../commands-port.ts';
import { connect } from '../connect.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';

/** `yanshao quarantine`: what was refused, and letting it in after a fix. */
export function quarantineCommand(): Command {
  const command = new Command('quarantine').description('被拒收的报文 / refused messages');

  command
    .command('list')
    .option('--device <id>', '只看一台设备 / of one device')
    .option('--client <id>', '只看一个发送方（设备或网关） / of one sender')
    .option('--before <id>', '更早的 / older than this row')
    .option('--limit <n>', '最多多少条 / at most so many', '50')
    .description('最新的在前 / newest first')
    .action(async ({ device, client, before, limit }: Record<string, string | undefined>) => {
      const rows = await ask(chosenFolder(readConfig()), {
        ...(device && { device }),
        ...(client && { client }),
        ...(before && { before: whole(before) }),
        limit: whole(limit ?? '50'),
      });
      for (const row of rows) console.log(lineOf(row));
      if (rows.length === 0) say('没有被拒收的报文 / nothing was refused');
    });

  command
    .command('show')
    .argument('<id>', '编号 / row')
    .description('一条的原因与原始字节 / the reason and the bytes of one row')
    .action(async (text: string) => {
      const id = whole(text);
      const [row] = await ask(chosenFolder(readConfig()), { id, limit: 1 });
      if (!row)
        throw new Problem(
          `隔离区没有编号 ${id}，可能已被清除\nthe quarantine holds no row ${id}; it may have been purged`,
        );
      console.log(lineOf(row));
      console.log(visible(`${row.reason.zh}\n${row.reason.en}`));
      console.log(`${row.size} bytes${row.size > 65_536 ? '（只留下 64 KiB / the first 64 KiB)' : ''}:`);
      console.log(visible(Buffer.from(row.payload, 'base64').toString('utf8')));
    });

  command
    .command('readmit')
    .argument('[ids...]', '编号 / rows')
    .option('--device <id>', '该设备或发送方仍被拒收的全部 / all that is still refused of this device or sender')
    .description(
      '修复登记或目录后，按今天的规则重新判定；通过的作为迟到数据入库 / after a fix, judge again by today’s rules; what passes goes in as late data',
    )
    .action(async (ids: string[], { device }: { device?: string }) => {
      if ((ids.length === 0) === (device === undefined))
        throw new Problem('请给出编号或 --device（二选一）\ngive rows or --device, one of them');
      const which = device === undefined ? { ids: ids.map(whole) } : { device };
      const outcome = await outcomeOf(chosenFolder(readConfig()), { type: 'quarantine.readmit', which });
      say(`已重新接收 / let in: ${outcome.changed.join(', ') || '—'}`);
      for (const { id, zh, en } of outcome.refused ?? [])
        say(visible(`${id}: ${zh}\n${' '.repeat(id.length + 2)}${en}`));
    });
  return command;
}

async function ask(folder: DataFolder, query: QuarantineQuery): Promise<readonly Quarantined[]> {
  const ingest = connect(folder, 'ingest');
  try {
    return await ingest.call<readonly Quarantined[]>('ingest.quarantine', [query]);
  } finally {
    ingest.close();
  }
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Problem(`"${visible(text)}" 不是正整数\n"${visible(text)}" is not a whole number above 0`);
}

const lineOf = ({ id, received, client, device, topic, code, size, readmitted }: Quarantined): string =>
  visible(
    [
      id,
      new Date(received).toISOString(),
      code,
      device ?? '—',
      `(${client})`,
      topic,
      `${size} B`,
      readmitted ? '✓' : '',
    ]
      .join('  ')
      .trimEnd(),
  );

/** Foreign text for a terminal: whatever would move its cursor, colour it or turn it round is shown instead of obeyed. */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, (letter) =>
    letter === '\n' || letter === '\t'
      ? letter
      : `<U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
