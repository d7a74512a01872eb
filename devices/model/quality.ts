/**
 * Quality is an OPC UA status code (OPC 10000-4 §7.39): a 32-bit number whose top two bits are the severity. It is kept
 * whole from the field to the screen; 0 is plain Good.
 */
export type StatusCode = number;

export const GOOD = 0x00000000;
/** What a sender means by the bare word "uncertain". */
export const UNCERTAIN = 0x40000000;
/** What a sender means by the bare word "bad". */
export const BAD = 0x80000000;
/** The value lies outside what the instrument can report (OPC 10000-8: UncertainEngineeringUnitsExceeded). */
export const UNCERTAIN_OUT_OF_RANGE = 0x40940000;
/** The value moved faster than the physics of the thing allows (OPC 10000-8: UncertainSensorNotAccurate). */
export const UNCERTAIN_SENSOR = 0x40930000;

export type Severity = 'good' | 'uncertain' | 'bad';

/** The severity in a status code. */
export function severityOf(code: StatusCode): Severity {
  const top = code >>> 30;
  return top === 0 ? 'good' : top === 1 ? 'uncertain' : 'bad';
}

export const isGood = (code: StatusCode): boolean => code >>> 30 === 0;
export const isBad = (code: StatusCode): boolean => code >>> 30 >= 2;
