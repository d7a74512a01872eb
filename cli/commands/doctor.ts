import { Command } from 'commander';
import { loadCity } from '../../devices/city/load-city.ts';
import { fileKey, flagName } from '../../kit/config.ts';
import { allSettings, chosenFolder, citiesDir, readConfig } from '../runtime.ts';
import { faint, strong } from '../terminal.ts';

/** `yanshao doctor`: every setting with its value and where it came from, and whether the parts can be used. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('检查设置与各部分，说明每个值从哪里来 / check settings and parts, and say where each value came from')
    .option('--markdown', '输出 docs/settings.md 的内容 / print the content of docs/settings.md')
    .action(async ({ markdown }: { markdown?: boolean }) => {
      if (markdown) return console.log(settingsPage());
      const loaded = readConfig();
      const width = Math.max(...loaded.report.map(({ env }) => env.length));
      console.log(strong(`Node ${process.versions.node}`));
      for (const { env, value, origin, help } of loaded.report) {
        console.log(`${env.padEnd(width)}  ${value || '—'}  ${faint(`[${origin}] ${help.zh} / ${help.en}`)}`);
      }
      for (const env of loaded.unknownEnv) {
        console.log(`${strong(env)} 不是任何设置：检查拼写 / is no setting: check its spelling`);
      }
      const { city } = await loadCity(citiesDir, loaded.config.city);
      console.log(`${strong('city')} ${city.name.zh} / ${city.name.en}: ${city.areas.length} areas`);
      const folder = chosenFolder(loaded);
      console.log(strong(folder.dir));
      for (const name of ['ingest', 'rules', 'dashboard', 'simulators']) {
        const notice = folder.find(name);
        console.log(
          `  ${name.padEnd(12)} ${notice ? `pid ${notice.pid} ${faint(notice.url)}` : '未运行 / not running'}`,
        );
      }
    });
}

/** Every setting as a table; `test/repo` holds docs/settings.md to it. */
function settingsPage(): string {
  const rows = Object.values(allSettings).map(({ env, help, schema }) => {
    const fallback = schema.safeParse(undefined);
    const text = fallback.success && fallback.data !== undefined ? `\`${String(fallback.data)}\`` : '—';
    return `| \`${env}\` | \`${fileKey(env)}\` | \`--${flagName(env)}\` | ${text} | ${help.zh}<br>${help.en} |`;
  });
  return [
    '# 设置 · Settings',
    '',
    '优先级由低到高：默认值、环境变量、`yanshao.yaml` 中的一行、命令行参数。',
    'Rising precedence: default, environment variable, a line of `yanshao.yaml`, flag.',
    '',
    '| 环境变量 · variable | yanshao.yaml | 参数 · flag | 默认 · default | |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
