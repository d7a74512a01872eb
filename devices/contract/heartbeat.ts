import type { Bilingual } from '../model/device-type.ts';

/** The way of the heartbeat, in order: where it stopped is the first of these that it did not reach. */
export const heartbeatStages = {
  door: { zh: '接入：入口没有确认收到', en: 'the door: it was not acknowledged' },
  rules: { zh: '规则：入了日志而没有被判定', en: 'rules: it is in the journal and was not judged' },
  notice: { zh: '通知：判定了而没有写入通知', en: 'notices: it was judged and no notice was committed' },
  page: { zh: '页面服务：没有进程取走通知', en: 'pages: nobody who serves pages took the notice' },
  receipt: { zh: '回执：页面没有答复', en: 'the receipt: no page answered' },
} as const satisfies Readonly<Record<string, Bilingual>>;
export type HeartbeatStage = keyof typeof heartbeatStages;

/** How the alarm path does, as its heartbeat shows. */
export interface HeartbeatStats {
  /** When the last whole round ended, platform time, ms; null before the first. */
  readonly lastAt: number | null;
  /** How long it took, ms of the world. */
  readonly roundMs: number | null;
  /** Whole rounds since the process began. */
  readonly rounds: number;
  /** Where the newest one that did not come round stopped; null while all is well. */
  readonly stoppedAt: HeartbeatStage | null;
  /** True once there was no whole round for three minutes. */
  readonly silent: boolean;
}
