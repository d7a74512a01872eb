import type { Command } from 'commander';
import { type RunningCity, startCity } from '../../main.ts';
import {
  type Config,
  citiesDir,
  commandWithSettings,
  folderOf,
  processLog,
  readConfig,
  untilSignal,
  version,
} from '../runtime.ts';
import { faint, say, strong } from '../terminal.ts';

/** `yanshao start`: the whole city in one process. */
export function startCommand(): Command {
  return commandWithSettings('start')
    .description('在一个进程里运行整座城市 / run the whole city in one process')
    .action(async (flags: Record<string, unknown>) => {
      const began = performance.now();
      const { config } = readConfig(flags);
      const folder = folderOf(config);
      const city = await startCity({
        config,
        folder,
        citiesDir,
        version,
        log: processLog('yanshao', config),
        progress: ({ zh, en }) => say(faint(`· ${zh} / ${en}`)),
      });
      announce(city, config, folder.dir, performance.now() - began);
      await untilSignal(city);
    });
}

/** What a person who has never heard of Yanshao needs now: where to look, how to get in, what to try. */
function announce(
  { url, firstLink, city, mqttUrls, mqttPort, sample }: RunningCity,
  config: Config,
  dir: string,
  ms: number,
): void {
  const { name } = city.city;
  const lines = [
    '',
    `${strong(`雁哨 Yanshao ${version}`)}  ${name.zh} / ${name.en}${config.demo ? '  模拟演示 / SIMULATION' : ''}  ${faint(`${(ms / 1000).toFixed(1)} s · ${dir}`)}`,
    '',
    `  页面 / page                   ${strong(`${url}/`)}`,
  ];
  lines.push(`  设备 / devices                ${strong(mqttUrls.join('  '))}`);
  if (firstLink) lines.push(`  首次登录，一次有效 / first sign-in, once  ${strong(`${url}/claim#${firstLink}`)}`);
  if (sample) {
    lines.push(
      '',
      `  试一试，让“${sample.name}”报警 / make "${sample.name}" raise an alarm:`,
      `  ${strong(`mosquitto_pub -h 127.0.0.1 -p ${mqttPort} -q 1 -t v1/devices/me/telemetry -u ${sample.token} -m '${sample.payload}'`)}`,
    );
  } else lines.push('', '  登记第一台设备 / register the first device:  yanshao device add --help');
  lines.push('', faint('  Ctrl+C 停止 / stops'), '');
  console.log(lines.join('\n'));
}
