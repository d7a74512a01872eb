/**
 * Constants that a device's registration may carry and expressions may use, with the unit people usually give them in.
 * A name outside this list in an expression is a slip of the pen, and refused.
 */
export const knownConstants: Readonly<
  Record<string, { readonly unit: string; readonly zh: string; readonly en: string }>
> = {
  Ps: { unit: 'kPa', zh: '调压器设定压力', en: 'regulator set point' },
  MOP: { unit: 'MPa', zh: '最高工作压力', en: 'maximum operating pressure' },
  Qmax: { unit: 'm3/h', zh: '最大流量', en: 'largest flow' },
  span: { unit: 'kPa', zh: '出口压力变送器量程', en: 'span of the outlet pressure transmitter' },
  spanInlet: { unit: 'MPa', zh: '进口压力变送器量程', en: 'span of the inlet pressure transmitter' },
  spanFlow: { unit: 'm3/h', zh: '流量计量程', en: 'span of the flow meter' },
  baseline30d: { unit: 'm3/h', zh: '近30日夜间最小流量基线', en: 'usual lowest flow at night, 30 days' },
  protectionZone: { unit: 'm', zh: '保护范围', en: 'protection zone of the pipe' },
  controlZone: { unit: 'm', zh: '控制范围', en: 'control zone of the pipe' },
  places: { unit: '1', zh: '车位数', en: 'places of a parking zone' },
  ratedPower: { unit: 'W', zh: '灯具额定功率', en: 'rated power of the lamp' },
};
