import type { Duplex } from 'node:stream';
import { type FiveLine, fiveLine } from './line.ts';
import type { Offer } from './outbound.ts';

/** How long a connection may say nothing, ms. */
const SILENCE_MS = 10_000;
/** Protocol name and level: `MQTT` with its length, and a byte. */
const NAME = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54]);

/**
 * Listens to the first bytes of a connection. MQTT 5 gets a line that translates; anything else gets the connection as it
 * came, with nothing read from it.
 */
export function greet(socket: Duplex, offer: Offer, begin: (conn: Duplex, five?: FiveLine) => void): void {
  let heard: Buffer = Buffer.alloc(0);
  const end = (): void => {
    socket.destroy();
  };
  const silence = setTimeout(end, SILENCE_MS);
  silence.unref();
  const done = (): void => {
    clearTimeout(silence);
    socket.off('readable', look);
    socket.off('error', end);
    socket.off('close', done);
  };
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    heard = heard.length === 0 ? chunk : Buffer.concat([heard, chunk]);
    const five = speaksFive(heard);
    if (five === undefined) return;
    done();
    socket.unshift(heard);
    const line = five ? fiveLine(socket, offer) : undefined;
    begin(line?.conn ?? socket, line);
  };
  socket.on('readable', look);
  socket.on('error', end);
  socket.on('close', done);
}

/** Whether these are the first bytes of a CONNECT of MQTT 5; undefined while they are too few to tell. */
export function speaksFive(bytes: Buffer): boolean | undefined {
  if (bytes[0] !== 0x10) return false;
  let at = 1;
  while (at < 4 && (bytes[at] ?? 0) >= 0x80) at++;
  const lengthByte = bytes[at];
  if (lengthByte === undefined) return undefined;
  // Shorter than any CONNECT: more may never come.
  if (at === 1 && lengthByte < 10) return false;
  const name = bytes.subarray(at + 1, at + 7);
  if (!NAME.subarray(0, name.length).equals(name)) return false;
  const level = bytes[at + 7];
  return level === undefined ? undefined : level === 5;
}
