import { Command } from 'commander';
import type { LedgerBody } from '../../devices/contract/api.ts';
import type { LedgerLine } from '../../devices/detectors/ledger.ts';
import { ledgerCsv } from '../../devices/detectors/ledger-csv.ts';
import { Problem } from '../../kit/problem.ts';
import { connect } from '../connect.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';

interface Options {
  readonly kind?: string;
  readonly within?: string;
  readonly csv?: boolean;
}

/** `yanshao device ledger`: the life and calibration ledger of the running platform. */
export function ledgerCommand(): Command {
  return new Command('ledger')
    .option('--kind <kind>', 'expiry | calibration')
    .option('--within <days>', '只列已过期与若干天内到期的 / only what is overdue or ends within so many days')
    .option('--csv', '以 CSV 输出 / as CSV')
    .description('寿命与校准台账：什么设备何时到期 / life and calibration ledger: what expires when')
    .action(async ({ kind, within, csv }: Options) => {
      const dashboard = connect(chosenFolder(readConfig()), 'dashboard');
      try {
        const query = { ...(kind && { kind: kindOf(kind) }), ...(within && { within: daysOf(within) }) };
        const { today, items } = await dashboard.call<LedgerBody>('dashboard.ledger', query);
        if (csv) process.stdout.write(ledgerCsv(items));
        else {
          say(`${today}：${items.length} 项 / lines`);
          for (const line of items) console.log(textOf(line));
        }
      } finally {
        dashboard.close();
      }
    });
}

function kindOf(text: string): string {
  if (text === 'expiry' || text === 'calibration') return text;
  throw new Problem(`类别 "${text}" 应为 expiry 或 calibration / kind "${text}" is neither expiry nor calibration`);
}

function daysOf(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new Problem(`天数 "${text}" 应为非负整数 / days "${text}" is no whole number of days`);
}

function textOf({ device, name, kind, due, days }: LedgerLine): string {
  const what = kind === 'expiry' ? '寿命 / life' : '校准 / calibration';
  if (due === null || days === null) return `${device} ${name} · ${what} · 未知 / not known`;
  const left = days < 0 ? `已过期 ${-days} 天 / ${-days} d overdue` : `余 ${days} 天 / ${days} d left`;
  return `${device} ${name} · ${what} · ${due} · ${left}`;
}
