import { defineDeviceType, minutes } from '../model/device-type.ts';
import { batteryPowered } from './shared.ts';

/**
 * Guard of a buried pipe against digging: how near a machine works, and knocks on the ground.
 *
 * Constants of a guard: `protectionZone` and `controlZone`, the distances that the pressure class of its pipe sets.
 */
export const pipeGuard = defineDeviceType({
  id: 'pipe-guard',
  title: { zh: '管道防外力破坏监测终端', en: 'Pipeline excavation guard' },
  layer: 'gas',
  measurements: {
    'guard.distanceToPipe': {
      title: { zh: '施工机械距管道', en: 'Machine to pipe' },
      kind: 'number',
      unit: 'm',
      range: [0, 500],
      everyMs: minutes(1),
    },
    'guard.vibrationEvent': {
      title: { zh: '振动事件数', en: 'Knocks in this report' },
      kind: 'number',
      unit: '1',
      range: [0, 100],
      everyMs: minutes(1),
      tells: 'knocks',
    },
    ...batteryPowered('guard'),
  },
});
