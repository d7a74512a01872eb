/** Reason codes of MQTT 5 (§2.4) that this door says. */
export const reason = {
  malformed: 0x81,
  protocolError: 0x82,
  unsupportedVersion: 0x84,
  identifierNotValid: 0x85,
  badCredentials: 0x86,
  notAuthorized: 0x87,
  shuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  takenOver: 0x8e,
  topicNameInvalid: 0x90,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  retainNotSupported: 0x9a,
  sharedNotSupported: 0x9e,
  subscriptionIdsNotSupported: 0xa1,
} as const;
export type Reason = (typeof reason)[keyof typeof reason];

/** Something went wrong that is not the client's doing, or that has no word of its own (§2.4). */
const UNSPECIFIED = 0x80;

/** The CONNACK reason code for a return code of MQTT 3.1.1 (§3.2.2.3). */
export const connackReason = (returnCode: number): number => connackReasons[returnCode] ?? UNSPECIFIED;
// 3 is said to who connects too often, or too many times at once: ThingsBoard's clients wait a second at 0x97.
const connackReasons: Readonly<Record<number, number>> = {
  0: 0,
  1: reason.unsupportedVersion,
  2: reason.identifierNotValid,
  3: reason.quotaExceeded,
  4: reason.badCredentials,
  5: reason.notAuthorized,
};

/** What a CONNACK says in the place of a code that only a DISCONNECT knows (§3.2.2.2). */
export const connackWord = (code: number): number => {
  if (code === reason.administrativeAction) return reason.notAuthorized;
  if (code === reason.shuttingDown) return SERVER_UNAVAILABLE;
  return connackCodes.has(code) ? code : UNSPECIFIED;
};
const SERVER_UNAVAILABLE = 0x88;
const connackCodes = new Set<number>([
  reason.malformed,
  reason.protocolError,
  reason.notAuthorized,
  reason.badAuthenticationMethod,
  reason.topicNameInvalid,
  reason.packetTooLarge,
  reason.retainNotSupported,
]);

/** What the errors that end a connection are called: those of aedes (1.2.0), of mqtt-packet and of the transport. */
const known: readonly (readonly [RegExp, Reason | undefined])[] = [
  [/^keep alive timeout$/, reason.keepAliveTimeout],
  [/^maxInflightInbound exceeded/, reason.receiveMaximumExceeded],
  [/not allowed in PUBLISH$|^topic has too many levels$/, reason.topicNameInvalid],
  [/ is reserved$/, reason.notAuthorized],
  [/^a \w+ packet of \d+ bytes/, reason.packetTooLarge],
  [/^(Invalid|Cannot parse|Malformed|Packet )/, reason.malformed],
  // It does not read, so nothing is said to it.
  [/^(drain timeout|connection closed)$/, undefined],
];

/** The DISCONNECT reason code for the error that ended a connection; undefined where there is nothing to say. */
export function disconnectReason(err: Error | null): number | undefined {
  if (!err) return undefined;
  const found = known.find(([words]) => words.test(err.message));
  return found ? found[1] : UNSPECIFIED;
}
