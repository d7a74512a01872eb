import { defineDeviceType, minutes } from '../model/device-type.ts';
import { seen } from './shared.ts';

/**
 * Camera on a pole whose recognition counts what it sees. Only counts leave it: no picture of a person is a reading.
 */
export const poleCamera = defineDeviceType({
  id: 'pole-camera',
  title: { zh: '杆载摄像机', en: 'Pole camera' },
  layer: 'people',
  measurements: {
    'camera.exposedGarbage': seen({ zh: '暴露垃圾处数', en: 'Heaps of exposed rubbish' }, minutes(5)),
    'camera.hangingAnomaly': seen({ zh: '悬挂物异常处数', en: 'Crooked or unpermitted hangings' }, minutes(30)),
    'camera.excavator': seen({ zh: '挖掘机械数', en: 'Excavators at work' }, minutes(1)),
    'camera.illegalParking': seen({ zh: '违停车辆数', en: 'Vehicles parked against the rules' }, minutes(5)),
    'camera.outsideShop': seen({ zh: '店外经营处数', en: 'Stalls outside shop fronts' }, minutes(5)),
  },
});
