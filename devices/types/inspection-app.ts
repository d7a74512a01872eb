import { defineDeviceType, hours } from '../model/device-type.ts';

/**
 * Not a sensor: a grid or a hazard on which people report from their phones.
 */
export const inspectionApp = defineDeviceType({
  id: 'inspection-app',
  title: { zh: '巡查上报', en: 'Inspection report' },
  layer: 'people',
  measurements: {
    'report.open': {
      title: { zh: '未办结上报数', en: 'Reports not yet settled' },
      kind: 'number',
      unit: '1',
      range: [0, 10000],
    },
    'hazard.open': { title: { zh: '隐患未销号', en: 'Hazard not yet put right' }, kind: 'boolean', unit: '1' },
    'hazard.openDays': {
      title: { zh: '隐患存续天数', en: 'Days the hazard has stood' },
      kind: 'number',
      unit: 'd',
      range: [0, 36500],
      everyMs: hours(24),
      derived: true,
    },
  },
});
