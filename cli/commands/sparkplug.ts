import { Command } from 'commander';
import { ingestClient } from '../../devices/contract/ingest-client.ts';
import type { SparkplugMetricNotice, SparkplugNode, SparkplugStatus } from '../../devices/contract/sparkplug.ts';
import { Problem } from '../../kit/problem.ts';
import { connect } from '../connect.ts';
import { chosenFolder, readConfig } from '../runtime.ts';

/** `yanshao sparkplug nodes | unmapped`: what the Sparkplug host application sees, and what it could not read. */
export function sparkplugCommand(): Command {
  const command = new Command('sparkplug').description(
    'Sparkplug B：边缘节点，以及没有成为读数的 metric / edge nodes, and metrics that did not become readings',
  );
  command
    .command('nodes')
    .option('--json', '输出 JSON / print JSON')
    .description('边缘节点的状态 / how the edge nodes are')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await ask({});
      print(json ? JSON.stringify(status, null, 2) : nodesText(status));
    });
  command
    .command('unmapped')
    .option('--node <group/node>', '只看这个边缘节点 / of this edge node only')
    .option('--limit <n>', '最多多少行 / at most so many lines', '100')
    .option('--json', '输出 JSON / print JSON')
    .description('没有映射、或不能成为读数的 metric / metrics that no mapping names, or that cannot be readings')
    .action(async ({ node, limit, json }: { node?: string; limit: string; json?: boolean }) => {
      const lines = Number(limit);
      if (!Number.isInteger(lines) || lines < 1)
        throw new Problem(`--limit 应为正整数，收到 ${limit} / --limit is a whole number from 1, not ${limit}`);
      const status = await ask({ ...(node !== undefined && { node }), limit: lines });
      print(json ? JSON.stringify(status.metrics, null, 2) : metricsText(status));
    });
  return command;
}

async function ask(query: { node?: string; limit?: number }): Promise<SparkplugStatus> {
  const rpc = connect(chosenFolder(readConfig()), 'ingest');
  try {
    const status = await ingestClient(rpc).sparkplug(query);
    if (status) return status;
  } finally {
    await rpc.close();
  }
  throw new Problem(
    '没有配置 Sparkplug：请写映射文件（YANSHAO_SPARKPLUG_MAPPING，见 docs/sparkplug.md）后重启 ingest\n' +
      'Sparkplug is not configured: write a mapping file (YANSHAO_SPARKPLUG_MAPPING, see docs/sparkplug.md) and start ingest again',
  );
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const time = (ms: number): string => new Date(ms).toISOString();

const stateWords = {
  unknown: '未知 unknown',
  online: '在线 online',
  doubted: '待重生 doubted',
  offline: '离线 offline',
};

function nodesText({ hostId, broker, nodes, missing }: SparkplugStatus): string {
  const link = !broker
    ? '未配置外部代理 / no external broker'
    : `${broker.url} ${broker.connected ? '已连接 / connected' : `未连接 / not connected: ${broker.problem ?? ''}`}`;
  return [
    `主机应用 / host application ${hostId} · ${link}`,
    ...(nodes.length === 0 ? ['（还没有边缘节点 / no edge nodes yet）'] : nodes.map(nodeText)),
    ...missing.map(({ line, zh, en }) => `映射文件第 ${line} 行 / mapping file, line ${line}: ${zh} / ${en}`),
  ].join('\n');
}

const nodeText = ({ node, gateway, state, since, bdSeq, devices, waiting, rebirths }: SparkplugNode): string =>
  [
    `${node} → ${gateway ?? '—'}  ${stateWords[state]}  ${time(since)}  bdSeq ${bdSeq ?? '—'}  等待 waiting ${waiting}  重生请求 rebirths ${rebirths}`,
    ...devices.map(({ device, online }) => `  ${device}  ${online ? stateWords.online : stateWords.offline}`),
  ].join('\n');

function metricsText({ metrics, unread, unlisted }: SparkplugStatus): string {
  if (metrics.length === 0) return '没有：每个 metric 都成了读数 / none: every metric became a reading';
  const more =
    unlisted > 0 ? [`另有 ${unlisted} 个值的 metric 未列出 / ${unlisted} values of metrics beyond the list`] : [];
  return [...metrics.map(metricText), `共 ${unread} 个值 / ${unread} values in all`, ...more].join('\n');
}

const metricText = ({ node, device, metric, code, reason, count, lastValue, lastAt }: SparkplugMetricNotice): string =>
  [
    `${node}${device === null ? '' : `/${device}`}  ${metric}  ${code}  ×${count}  ${lastValue}  ${time(lastAt)}`,
    `    ${reason.zh}`,
    `    ${reason.en}`,
  ].join('\n');
