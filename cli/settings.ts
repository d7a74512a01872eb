import { z } from 'zod';
import { setting } from '../kit/config.ts';

/** Settings of the platform as a whole; each process adds its own. */
export const platformSettings = {
  dataDir: setting({
    env: 'YANSHAO_DATA_DIR',
    schema: z.string().min(1).default('data'),
    help: {
      zh: '数据目录；演示用其中的 demo，正式运行用其中的 live',
      en: 'Data folder; a demonstration lives in its `demo`, a real city in its `live`',
    },
  }),
  city: setting({
    env: 'YANSHAO_CITY',
    schema: z.string().min(1).default('hengyang'),
    help: { zh: '城市：cities/ 下的目录名', en: 'The city: a folder name under cities/' },
  }),
  demo: setting({
    env: 'YANSHAO_DEMO',
    schema: z
      .union([z.boolean(), z.string()])
      .default('on')
      .transform((value, context) => {
        if (value === true || value === 'on' || value === 'true' || value === '1') return true;
        if (value === false || value === 'off' || value === 'false' || value === '0') return false;
        context.addIssue({ code: 'custom', message: 'write on or off' });
        return z.NEVER;
      }),
    help: {
      zh: 'on：带模拟设备的演示；off：空的正式城市',
      en: 'on: a demonstration with simulated devices; off: an empty real city',
    },
  }),
  demoSpeed: setting({
    env: 'YANSHAO_DEMO_SPEED',
    schema: z.coerce.number().positive().max(600).default(1),
    help: { zh: '演示时钟的快慢，1 为真实时间', en: 'Speed of the demonstration clock; 1 is real time' },
  }),
  controlPort: setting({
    env: 'YANSHAO_CONTROL_PORT',
    schema: z.coerce.number().int().min(0).max(65_535).default(0),
    help: {
      zh: '命令行与各进程之间通话的本机端口；0 为任选',
      en: 'Loopback port on which the command line and the processes talk; 0 picks one',
    },
  }),
  logLevel: setting({
    env: 'YANSHAO_LOG_LEVEL',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('warn'),
    help: { zh: '日志级别', en: 'Log level' },
  }),
};
