import { defineDeviceType, minutes } from '../model/device-type.ts';
import { seen } from './shared.ts';

/**
 * Camera over a stretch of water whose recognition counts people inside the danger line. Only counts leave it.
 */
export const shoreCamera = defineDeviceType({
  id: 'shore-camera',
  title: { zh: '岸线防溺水摄像机', en: 'Shore camera' },
  layer: 'people',
  measurements: {
    'camera.personInWaterZone': seen({ zh: '水域警戒线内人数', en: 'People inside the danger line' }, minutes(1)),
  },
});
