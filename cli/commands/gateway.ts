import type { Command } from 'commander';
import { type GatewayConfig, readGatewayConfig } from '../../gateway/config.ts';
import { followConfig } from '../../gateway/follow-config.ts';
import { openGateway } from '../../gateway/main.ts';
import { faultOf, setTechnician } from '../../gateway/page/technicians.ts';
import { sayIn } from '../../gateway/page/texts.ts';
import { openLogFile } from '../../gateway/watch/log-file.ts';
import { cleanups, type Running } from '../../kit/cleanups.ts';
import { Problem } from '../../kit/problem.ts';
import { sharedClock } from '../../kit/shared-clock.ts';
import {
  chosenFolder,
  commandWithSettings,
  folderOf,
  processLog,
  readConfig,
  untilSignal,
  version,
} from '../runtime.ts';
import { say } from '../terminal.ts';
import { firstLineOf } from './first-line.ts';

/** `yanshao gateway`: one field gateway with its local page; `--check` looks its file over instead of starting. */
export function gatewayCommand(): Command {
  const command = commandWithSettings('gateway')
    .description('现场网关 / a field gateway')
    .option('--check', '只检查配置与映射，不启动 / check the file and its mappings, do not start')
    .option('--online', '同 --check，并向服务器查询每个节点 / with --check: ask the servers for each node too')
    .action(async ({ check, online, ...flags }: Record<string, unknown>) => {
      if (check === true || online === true) return void (await checkGateway(flags, online === true));
      await runGateway(flags);
    });
  command
    .command('user')
    .argument('<name>', '现场技术员的用户名 / the technician’s name')
    .option('--gateway <id>', '网关编号；缺省取配置文件中的 / the gateway, where no file is named')
    .description(
      '为网关本地页面建立账号或改密码；密码从标准输入读取 / an account for the local page, or its new password',
    )
    .action(setUser);
  return command;
}

function gatewayFile(flags: Record<string, unknown>) {
  const loaded = readConfig(flags);
  const { config } = loaded;
  if (!config.gatewayConfig)
    throw new Problem(
      '网关需要配置文件：设置 YANSHAO_GATEWAY_CONFIG 或 --gateway-config（示例见 docs/gateway.md）\n' +
        'a gateway needs its configuration file: set YANSHAO_GATEWAY_CONFIG or --gateway-config (docs/gateway.md shows one)',
    );
  const file = config.gatewayConfig;
  const read = () => readGatewayConfig(file, process.env);
  return { loaded, config, file, read, gateway: read() };
}

async function runGateway(flags: Record<string, unknown>): Promise<void> {
  const { config, gateway, file, read } = gatewayFile(flags);
  const folder = folderOf(config);
  const logFile = openLogFile(folder.path('gateways', gateway.id, 'gateway.log'));
  const log = logFile.tee(processLog('gateway', config));
  const stopping = cleanups(log);
  try {
    const { clock } = sharedClock(folder, config.demo, config.demoSpeed, log);
    const running = stopping.add(
      'gateway',
      await openGateway({ gateway, outboxMb: config.gatewayOutboxMb, folder, clock, demo: config.demo, version, log }),
    );
    say(`网关 ${gateway.id} 运行中 / gateway ${gateway.id} is running → ${gateway.uplink.url}`);
    stopping.add('configuration', followConfig({ file, read, gateway: running, log }));
    warnUnsecured(gateway);
    try {
      const page =
        config.gatewayPagePort === 'off'
          ? null
          : await (await import('../../gateway/page/open-page.ts')).openPage({
              config,
              gateway,
              running,
              folder,
              logFile,
              version,
              clock,
              log,
            });
      if (page) {
        stopping.add('page', page);
        say(`  本地页面 / local page: ${page.url}/`);
        if (page.firstLink) say(`  首次使用，一次有效 / first use, once: ${page.firstLink}`);
      }
    } catch (err) {
      // A page that cannot be shown must not keep readings from being heard.
      if (!(err instanceof Problem)) throw err;
      log.warn({ err: err.message }, 'the local page cannot be shown; the gateway works without it');
      say(err.message);
    }
  } catch (err) {
    await stopping.run();
    throw err;
  }
  await untilSignal({ stop: stopping.run } satisfies Running);
}

async function checkGateway(flags: Record<string, unknown>, online: boolean): Promise<void> {
  const { loaded, config, gateway } = gatewayFile(flags);
  const nodes = gateway.opcua.reduce((sum, source) => sum + source.nodes.length, 0);
  say(
    `${config.gatewayConfig}: 配置可用 / can be used: ${gateway.mqtt.length} MQTT, ${gateway.opcua.length} OPC UA, ${nodes} 个节点 / nodes`,
  );
  warnUnsecured(gateway);
  if (!online || gateway.opcua.length === 0) return;
  const { checkOnline } = await import('../../gateway/opcua/online-check.ts');
  const pkiDir = chosenFolder(loaded).path('gateways', gateway.id, 'pki');
  const answers = await checkOnline(gateway, pkiDir, processLog('gateway', { ...config, logLevel: 'error' }));
  const faults = answers.flatMap(({ endpoint, problem, faults }) => [
    ...(problem === undefined ? [] : [`${endpoint}: 无法查询 / cannot be asked: ${problem}`]),
    ...faults.map(({ node, why }) => `${endpoint}: ${node}: ${why}`),
  ]);
  if (faults.length > 0)
    throw new Problem(
      `服务器上有 ${faults.length} 处不符\nthe servers do not agree in ${faults.length} place${faults.length === 1 ? '' : 's'}:\n${faults.map((one) => `  - ${one}`).join('\n')}`,
    );
  say(`${nodes} 个节点都在服务器上且可读 / all ${nodes} nodes are there and may be read`);
}

function warnUnsecured({ opcua }: GatewayConfig): void {
  for (const { endpoint, security } of opcua)
    if (security.mode === 'None')
      say(`  注意：${endpoint} 不加密，仅限实验室 / beware: ${endpoint} is read without security, for a lab only`);
}

async function setUser(name: string, { gateway }: { gateway?: string }, command: Command): Promise<void> {
  const loaded = readConfig(command.parent?.opts() ?? {});
  const { config } = loaded;
  const id = gateway ?? (config.gatewayConfig ? readGatewayConfig(config.gatewayConfig, process.env).id : undefined);
  if (id === undefined || !/^[\w.-]+$/.test(id))
    throw new Problem('请用 --gateway 指明网关 / say which gateway with --gateway <id>');
  say('密码（至少 12 位），回车结束 / password (at least 12 characters), then Enter:');
  const password = await firstLineOf(process.stdin);
  const fault = faultOf(name, password);
  if (fault) throw new Problem(`${sayIn('zh')(fault.refused)} / ${sayIn('en')(fault.refused)}`);
  const { techniciansFile } = await import('../../gateway/page/open-page.ts');
  await setTechnician(techniciansFile(chosenFolder(loaded), id), name, password, Date.now());
  say(`已设置 / set: ${name} @ ${id}`);
}
