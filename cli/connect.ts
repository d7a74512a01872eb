import type { DataFolder } from '../kit/data-folder.ts';
import { Problem } from '../kit/problem.ts';
import { type RpcClient, rpcClient } from '../kit/rpc/rpc.ts';

/** A connection to a running process of the platform; refused with what to start when there is none. */
export function connect(folder: DataFolder, name: 'ingest' | 'rules' | 'dashboard' | 'simulators'): RpcClient {
  const notice = folder.find(name);
  if (!notice) {
    throw new Problem(
      `没有在 ${folder.dir} 找到正在运行的 ${name}：先运行 yanshao start（或设置 YANSHAO_DATA_DIR、YANSHAO_DEMO）\n` +
        `no running ${name} was found in ${folder.dir}: run \`yanshao start\` first, or set YANSHAO_DATA_DIR and YANSHAO_DEMO`,
    );
  }
  return rpcClient({ url: notice.url, secret: folder.secret() });
}
