import fc from 'fast-check';
import { generate, type IConnackPacket, type Packet, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { disconnectReason, reason } from './codes.ts';
import { type Exchange, newExchange } from './exchange.ts';
import { speaksFive } from './greet.ts';
import { inbound } from './inbound.ts';
import { lastWord, outbound } from './outbound.ts';
import { readVarint, varint } from './properties.ts';

const five = { protocolVersion: 5 } as const;
const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const connect = (over: object = {}): Packet =>
  ({ cmd: 'connect', protocolId: 'MQTT', ...five, clean: true, clientId: 'c', keepalive: 30, ...over }) as Packet;
const publish = (over: object = {}): Packet =>
  ({ cmd: 'publish', topic: 't', payload: 'x', qos: 1, messageId: 7, dup: false, retain: false, ...over }) as Packet;

/** What an independent parser of `version` reads in these bytes. */
function readAs(version: 4 | 5, bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  const read = parser({ protocolVersion: version });
  read.on('packet', (packet) => packets.push(packet));
  read.on('error', (err) => {
    throw err;
  });
  read.parse(bytes);
  return packets;
}

/** Says these bytes of MQTT 5 in pieces of `size`; hands back what comes of them. */
function said(bytes: Buffer, { size = 1e9, most = 10_000, exchange = newExchange() } = {}) {
  const { take } = inbound(exchange, most);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const taken = take(bytes.subarray(at, at + size));
    out.push(taken.bytes);
    if (taken.end) return { bytes: Buffer.concat(out), end: taken.end, exchange };
  }
  return { bytes: Buffer.concat(out), end: undefined, exchange };
}
/** Without the id that was made up for a client that has none. */
const nameless = (bytes: Buffer): string => bytes.toString('latin1').replace(/auto-[0-9a-f-]{36}/g, '');
const heard = (packet: Packet, exchange: Exchange) =>
  outbound(exchange, { receiveMaximum: 128, maxPacketBytes: 262_144 }).say(generate(packet));

describe('what a client says in MQTT 5', () => {
  const everything = [
    connect({
      username: 'u',
      password: Buffer.from('p'),
      properties: { sessionExpiryInterval: 60, receiveMaximum: 10, userProperties: { a: ['b', 'c'] } },
      will: {
        topic: 'w',
        payload: Buffer.from('gone'),
        qos: 1,
        retain: false,
        properties: { willDelayInterval: 5, contentType: 'text' },
      },
    }),
    { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a/+', qos: 1, nl: true, rap: true, rh: 2 }] },
    publish({ properties: { payloadFormatIndicator: true, messageExpiryInterval: 9, contentType: 'json' } }),
    publish({ qos: 0, messageId: undefined, payload: '' }),
    publish({ qos: 2, messageId: 8, dup: true, retain: true, payload: 'y'.repeat(5000) }),
    { cmd: 'pubrel', messageId: 8, reasonCode: 0x92, properties: { reasonString: 'who?' } },
    { cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a/+', 'b'], properties: { userProperties: { a: 'b' } } },
    { cmd: 'pingreq' },
    { cmd: 'disconnect', reasonCode: 0, properties: { reasonString: 'bye' } },
  ] as Packet[];
  const bytes = Buffer.concat(everything.map((packet) => generate(packet, five)));

  it.each([1e9, 1, 2, 3, 100])('is the same in 3.1.1, in pieces of %d bytes', (size) => {
    const packets = readAs(4, said(bytes, { size }).bytes);
    expect(packets).toMatchObject([
      {
        cmd: 'connect',
        protocolVersion: 4,
        clientId: 'c',
        keepalive: 30,
        username: 'u',
        password: Buffer.from('p'),
        will: { topic: 'w', payload: Buffer.from('gone'), qos: 1, retain: false },
      },
      { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a/+', qos: 1 }] },
      { cmd: 'publish', topic: 't', payload: Buffer.from('x'), qos: 1, messageId: 7 },
      { cmd: 'publish', topic: 't', payload: Buffer.alloc(0), qos: 0 },
      { cmd: 'publish', qos: 2, messageId: 8, dup: true, retain: true, payload: Buffer.from('y'.repeat(5000)) },
      { cmd: 'pubrel', messageId: 8 },
      { cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['a/+', 'b'] },
      { cmd: 'pingreq' },
      { cmd: 'disconnect' },
    ]);
  });

  it('holds the head of a PUBLISH and never its payload, however large', () => {
    const { take } = inbound(newExchange(), 1000);
    const head = generate(publish({ payload: Buffer.alloc(50_000_000) }), five).subarray(0, 20);
    expect(take(head).bytes.length).toBeGreaterThan(10);
    for (let i = 0; i < 100; i++) expect(take(Buffer.alloc(10_000)).bytes).toHaveLength(10_000);
  });

  it('gives a client without an id one of its own, and a clean session', () => {
    const { bytes, exchange } = said(hex('10 0d 0004 4d515454 05 00 001e 00 0000'));
    expect(readAs(4, bytes)).toMatchObject([{ clientId: exchange.assigned, clean: true }]);
    expect(exchange.assigned).toMatch(/^auto-/);
  });

  it('hands no DISCONNECT on when the will is to be spoken (0x04)', () => {
    const leaving = said(generate({ cmd: 'disconnect', reasonCode: 4 } as Packet, five));
    expect([leaving.bytes.length, leaving.end]).toEqual([0, {}]);
    const inPeace = said(hex('e0 00'));
    expect([inPeace.bytes, inPeace.end]).toEqual([hex('e0 00'), {}]);
  });

  it.each([
    ['a property that nobody knows', '30 06 0001 74 02 7f00', reason.malformed],
    ['a property of another packet', '30 09 0001 74 05 1100000001', reason.malformed],
    ['a property that stands twice', '30 08 0001 74 04 01000100', reason.protocolError],
    ['a payload format that is neither', '30 06 0001 74 02 0102', reason.protocolError],
    ['properties that are longer than their packet', '30 05 0001 74 0501', reason.malformed],
    ['a text longer than its properties', '30 08 0001 74 04 03 0009 61', reason.malformed],
    ['a topic longer than its packet', '30 04 0009 7400', reason.malformed],
    ['a topic alias', '30 07 0001 74 03 230001', reason.topicAliasInvalid],
    ['no topic', '30 03 0000 00', reason.protocolError],
    ['a wildcard in a topic', '30 06 0003 612f23 00', reason.topicNameInvalid],
    ['a QoS of 3', '36 06 0001 74 0001 00', reason.malformed],
    ['packet id 0', '32 06 0001 74 0000 00', reason.protocolError],
    ['a length of five bytes', '30 ffffffff7f', reason.malformed],
    ['a SUBSCRIBE of nothing', '82 03 0001 00', reason.protocolError],
    ['reserved options', '82 07 0001 00 0001 61 40', reason.malformed],
    ['retain handling 3', '82 07 0001 00 0001 61 30', reason.protocolError],
    ['no local for a shared subscription', '82 10 0001 00 000a 2473686172652f672f61 04', reason.protocolError],
    ['a subscription identifier', '82 09 0001 02 0b01 0001 61 00', reason.subscriptionIdsNotSupported],
    ['an UNSUBSCRIBE of nothing', 'a2 03 0001 00', reason.protocolError],
    ['an AUTH that nobody asked for', 'f0 02 18 00', reason.protocolError],
    ['what only a server says', 'd0 00', reason.protocolError],
    ['a packet type that does not exist', '00 00', reason.malformed],
    ['a SUBSCRIBE that is too large', '82 ffff7f', reason.packetTooLarge],
    ['a head that is too large', '30 ffffff7f 0001 74 ffff3f', reason.packetTooLarge],
  ])('ends with a reason: %s', (_what, text, code) => {
    for (const size of [1e9, 1]) {
      const before = generate(publish(), five);
      const { bytes, end } = said(Buffer.concat([before, hex(text)]), { size });
      expect(end).toEqual({ reason: code });
      // What came before it is not lost.
      expect(readAs(4, bytes)).toHaveLength(1);
    }
  });

  it.each([
    ['an authentication method', { properties: { authenticationMethod: 'x' } }, reason.badAuthenticationMethod],
    ['a retained will', { will: { topic: 'w', payload: 'x', qos: 0, retain: true } }, reason.retainNotSupported],
  ])('is refused in the CONNACK: %s', (_what, over, code) => {
    expect(said(generate(connect(over), five)).end).toEqual({ reason: code });
  });

  it('is refused: a maximum of zero, and a second CONNECT', () => {
    expect(said(hex('10 13 0004 4d515454 05 02 0000 05 2700000000 0001 63')).end?.reason).toBe(reason.protocolError);
    expect(said(hex('10 11 0004 4d515454 05 02 0000 03 210000 0001 63')).end?.reason).toBe(reason.protocolError);
    const twice = Buffer.concat([generate(connect(), five), generate(connect(), five)]);
    expect(said(twice).end?.reason).toBe(reason.protocolError);
  });

  it('comes to an end or to 3.1.1 whatever the bytes, and the same in any pieces', () => {
    const packets = fc.constantFrom(...everything.map((packet) => generate(packet, five)));
    const mangled = fc.tuple(packets, fc.nat(60), fc.nat(255), fc.nat(40)).map(([packet, at, byte, cut]) => {
      const bytes = Buffer.from(packet);
      bytes[at % bytes.length] = byte;
      return bytes.subarray(0, Math.max(1, bytes.length - (cut > 20 ? 0 : cut)));
    });
    fc.assert(
      fc.property(fc.array(mangled, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (parts, size) => {
        const all = Buffer.concat(parts);
        const [whole, pieces] = [said(all), said(all, { size })];
        expect(nameless(pieces.bytes)).toBe(nameless(whole.bytes));
        expect(pieces.end).toEqual(whole.end);
        // Shorter by what was cut out: nothing that a client sends grows here.
        expect(whole.bytes.length).toBeLessThanOrEqual(all.length + 41);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what the door says in MQTT 5', () => {
  const signedIn = (over: object = {}) => said(generate(connect(over), five)).exchange;
  const word = (packet: Packet, exchange: Exchange = newExchange()) => readAs(5, heard(packet, exchange).bytes)[0];

  it('is what it can do: nothing retained, nothing shared, no session, so many at a time and no larger', () => {
    const exchange = signedIn({ clientId: '', properties: { sessionExpiryInterval: 600 } });
    expect(word({ cmd: 'connack', returnCode: 0, sessionPresent: false }, exchange)).toMatchObject({
      reasonCode: 0,
      properties: {
        sessionExpiryInterval: 0,
        receiveMaximum: 128,
        maximumPacketSize: 262_144,
        retainAvailable: false,
        sharedSubscriptionAvailable: false,
        subscriptionIdentifiersAvailable: false,
        assignedClientIdentifier: exchange.assigned,
      },
    });
    const plain = word({ cmd: 'connack', returnCode: 0, sessionPresent: false }, signedIn()) as IConnackPacket;
    expect(Object.keys(plain.properties ?? {})).not.toContain('assignedClientIdentifier');
    expect(Object.keys(plain.properties ?? {})).not.toContain('sessionExpiryInterval');
  });

  it.each([
    [1, reason.unsupportedVersion],
    [2, reason.identifierNotValid],
    [3, reason.quotaExceeded],
    [4, reason.badCredentials],
    [5, reason.notAuthorized],
  ])('is a reason code in the place of return code %d, and then nothing', (returnCode, code) => {
    const exchange = signedIn();
    expect(word({ cmd: 'connack', returnCode, sessionPresent: false }, exchange)).toMatchObject({ reasonCode: code });
    expect(lastWord(reason.protocolError, exchange)).toBeUndefined();
  });

  it('is a message with no properties, whichever pieces aedes writes it in', () => {
    const packet = publish({ qos: 0, messageId: undefined, payload: 'z'.repeat(300) });
    const { say } = outbound(newExchange(), { receiveMaximum: 1, maxPacketBytes: 1 });
    const parts = [...generate(packet)].map((byte) => say(Buffer.from([byte])).bytes);
    expect(readAs(5, Buffer.concat(parts))).toMatchObject([{ topic: 't', payload: Buffer.from('z'.repeat(300)) }]);
  });

  it('is a code for each filter, in their order, one that stands twice among them', () => {
    const filters = ['a', '#', '$share/g/a', 'a'];
    const subscriptions = filters.map((topic) => ({ topic, qos: 1 }));
    const { exchange } = said(generate({ cmd: 'subscribe', messageId: 9, subscriptions } as Packet, five));
    // aedes answers a filter once.
    const suback = word({ cmd: 'suback', messageId: 9, granted: [1, 128, 128] } as Packet, exchange);
    expect(suback).toMatchObject({ messageId: 9, granted: [1, reason.notAuthorized, reason.sharedNotSupported, 1] });
    said(generate({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['#', 'a'] } as Packet, five), { exchange });
    const unsuback = word({ cmd: 'unsuback', messageId: 3 } as Packet, exchange);
    expect(unsuback).toMatchObject({ messageId: 3, granted: [0x11, 0] });
  });

  it('is left out when the client takes nothing so large', () => {
    const exchange = signedIn({ properties: { maximumPacketSize: 40 } });
    expect(heard(publish({ payload: 'x'.repeat(30) }), exchange)).toMatchObject({ unfit: false });
    expect(heard(publish({ payload: 'x'.repeat(33) }), exchange)).toEqual({ bytes: Buffer.alloc(0), unfit: true });
  });

  it('is at last why the connection ends: in a DISCONNECT, or a CONNACK where there was none', () => {
    const exchange = signedIn();
    const connack = readAs(5, lastWord(reason.administrativeAction, exchange) as Buffer);
    expect(connack).toMatchObject([{ cmd: 'connack', reasonCode: reason.notAuthorized }]);
    word({ cmd: 'connack', returnCode: 0, sessionPresent: false }, exchange);
    const disconnect = readAs(5, lastWord(reason.administrativeAction, exchange) as Buffer);
    expect(disconnect).toMatchObject([{ cmd: 'disconnect', reasonCode: reason.administrativeAction }]);
  });

  it.each([
    ['keep alive timeout', reason.keepAliveTimeout],
    ['Invalid header flag bits, must be 0x2 for pubrel packet', reason.malformed],
    ['$SYS/x is reserved', reason.notAuthorized],
    ['the journal is gone', 0x80],
    ['drain timeout', undefined],
  ])('names the error “%s”', (message, code) => {
    expect(disconnectReason(new Error(message))).toBe(code);
  });
});

describe('the first bytes of a connection', () => {
  it.each([
    ['MQTT 5', '10 0f 0004 4d515454 05', true],
    ['MQTT 5, a long CONNECT', '10 8f01 0004 4d515454 05', true],
    ['MQTT 3.1.1', '10 0f 0004 4d515454 04', false],
    ['MQTT 3.1', '10 0f 0006 4d5149736470 03', false],
    ['a level to come', '10 0f 0004 4d515454 06', false],
    ['something else', '47 45 54 20', false],
    ['another packet', '30 0f 0004 4d515454 05', false],
    ['a CONNECT that is too short', '10 02 0004', false],
    ['too few to tell', '10 0f 0004 4d5154', undefined],
    ['one byte', '10', undefined],
    ['half a length', '10 8f', undefined],
  ])('of %s', (_what, text, found) => {
    expect(speaksFive(hex(text))).toBe(found);
  });
});

describe('a variable byte integer', () => {
  it('is read as it was written', () => {
    for (const value of [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455]) {
      const bytes = Buffer.from(varint(value));
      expect(readVarint(bytes, 0)).toEqual({ value, end: bytes.length });
    }
  });
});
