/** NodeId of one measurement of one station. */
export const stationNodeId = (device: string, measurement: string): string => `ns=1;s=${device}.${measurement}`;
