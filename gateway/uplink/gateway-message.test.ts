import { describe, expect, it } from 'vitest';
import { toGatewayMessage } from './gateway-message.ts';

describe('a message to the platform', () => {
  it('has each device’s rows in order', () => {
    const row = (device: string, ts: number) => ({ device, ts, values: { a: ts } });
    expect(JSON.parse(toGatewayMessage([row('b', 1), row('a', 2), row('b', 3)]))).toEqual({
      b: [
        { ts: 1, values: { a: 1 } },
        { ts: 3, values: { a: 3 } },
      ],
      a: [{ ts: 2, values: { a: 2 } }],
    });
  });

  it('carries devices whose names mean something in JavaScript', () => {
    const text = toGatewayMessage([{ device: 'constructor', ts: 1, values: { a: 1 } }]);
    expect(text).toBe('{"constructor":[{"ts":1,"values":{"a":1}}]}');
  });

  it('carries what could not be read as a bare text beside the reports of its device', () => {
    const text = toGatewayMessage([
      { device: 'a', ts: 1, values: { x: 1 } },
      { device: 'a', ts: 2, values: {}, unreadable: 'a: the payload is not JSON — {oops' },
    ]);
    expect(JSON.parse(text)).toEqual({ a: [{ ts: 1, values: { x: 1 } }, 'a: the payload is not JSON — {oops'] });
  });
});
