import type { Clock } from '../../kit/clock.ts';
import type { RejectedRow } from '../writer/writer.ts';
import type { Quarantine } from './quarantine.ts';

/** Who speaks in the quarantine when the store refused a row: not a client of ours. */
export const STORE_CLIENT = '(store)';

/** Keeps rows that the store refused where people look for refused things. Each is a message of its own. */
export function keepRejected(quarantine: Pick<Quarantine, 'keep'>, clock: Pick<Clock, 'now'>) {
  return async (rows: readonly RejectedRow[]): Promise<void> => {
    await Promise.all(
      rows.map(({ device, at, values, why }) => {
        const payload = Buffer.from(JSON.stringify({ device, at, values }));
        const refusal =
          why.kind === 'typeless'
            ? {
                code: 'unknown-device' as const,
                reason: {
                  zh: `设备 ${device} 已从注册表删除，其类型未知，读数无法入库。请重新注册后再导入这些字节。`,
                  en: `Device ${device} has left the registry and its type is unknown, so its reading has no table. Register it again, then import these bytes.`,
                },
              }
            : {
                code: 'wrong-type' as const,
                reason: {
                  zh: `存储引擎拒绝了 ${device} 的读数：${why.reason}`,
                  en: `The telemetry store refused a reading of ${device}: ${why.reason}`,
                },
              };
        return quarantine.keep({
          received: clock.now(),
          client: STORE_CLIENT,
          topic: STORE_CLIENT,
          payload,
          size: payload.length,
          refusals: [{ device, count: 1, ...refusal }],
        });
      }),
    );
  };
}
