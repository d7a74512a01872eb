import { Command } from 'commander';
import type { FaultList } from '../../simulators/control.ts';
import { connect } from '../connect.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { faint, strong } from '../terminal.ts';

/** `yanshao simulate`: what the running demonstration's simulated city is doing, and faults on purpose. */
export function simulateCommand(): Command {
  const command = new Command('simulate').description(
    '正在运行的演示：状态与人为故障 / the running demonstration: status and faults on purpose',
  );
  const ask = async <T>(method: string, params?: object): Promise<T> => {
    const simulators = connect(chosenFolder(readConfig()), 'simulators');
    try {
      return await simulators.call<T>(method, params);
    } finally {
      simulators.close();
    }
  };
  command
    .command('status', { isDefault: true })
    .description('模拟城市的状态 / how the simulated city does')
    .action(async () => console.log(JSON.stringify(await ask('status'), null, 2)));
  command
    .command('faults')
    .description('列出可用的故障 / list the faults there are')
    .action(async () => {
      const { kinds, running } = await ask<FaultList>('faults.list');
      for (const { kind, title, expect } of kinds)
        console.log(
          `${strong(kind.padEnd(16))} ${title.zh} / ${title.en}\n${' '.repeat(17)}${faint(`${expect.zh} / ${expect.en}`)}`,
        );
      for (const fault of running) console.log(`${strong('正在进行 / running')} ${fault.kind} ${fault.target}`);
    });
  command
    .command('fault')
    .argument('<kind>')
    .argument('[target]', '设备或网关 / device or gateway')
    .description('开始一个故障 / begin a fault')
    .action(async (kind: string, target?: string) =>
      console.log(JSON.stringify(await ask('faults.start', { kind, target }))),
    );
  command
    .command('stop')
    .argument('[which]')
    .description('结束故障 / end faults')
    .action(async (which?: string) => console.log(JSON.stringify(await ask('faults.stop', { which }))));
  return command;
}
