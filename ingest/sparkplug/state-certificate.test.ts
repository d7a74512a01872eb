import { describe, expect, it } from 'vitest';
import { saysOffline, stateMessage } from './state-certificate.ts';
import { commandTopic, parseTopic } from './topic.ts';

describe('STATE', () => {
  it('tck-id-payloads-state-birth-payload, tck-id-payloads-state-will-message-payload: two keys, QoS 1, retained', () => {
    expect(stateMessage('yanshao', true, 5)).toEqual({
      topic: 'spBv1.0/STATE/yanshao',
      payload: '{"online":true,"timestamp":5}',
      qos: 1,
      retain: true,
    });
    expect(stateMessage('yanshao', false, 5)).toMatchObject({ payload: '{"online":false,"timestamp":5}' });
  });

  it.each([
    ['{"online":false,"timestamp":5}', true],
    ['{"online":true,"timestamp":5}', false],
    ['OFFLINE', false],
    ['null', false],
    ['', false],
  ])('that reads %s says that we are offline: %s', (payload, offline) => {
    expect(saysOffline(Buffer.from(payload))).toBe(offline);
  });
});

describe('a topic of the namespace', () => {
  it.each([
    ['spBv1.0/G/NBIRTH/N', { kind: 'message', type: 'NBIRTH', group: 'G', node: 'N', device: undefined }],
    ['spBv1.0/G/DDATA/N/D', { kind: 'message', type: 'DDATA', group: 'G', node: 'N', device: 'D' }],
    ['spBv1.0/STATE/host', { kind: 'state', host: 'host' }],
    ['spBv1.0/G/NDATA/N/D', { kind: 'other' }],
    ['spBv1.0/G/DDATA/N', { kind: 'other' }],
    ['spBv1.0/G/XDATA/N', { kind: 'other' }],
    ['spBv1.0/G//N', { kind: 'other' }],
    ['spAv1.0/G/NDATA/N', { kind: 'other' }],
    ['spBv1.0/STATE/a/b', { kind: 'other' }],
  ])('%s', (topic, said) => {
    expect(parseTopic(topic)).toEqual(said);
  });

  it('tck-id-topics-ncmd-topic: of a command', () => {
    expect(commandTopic({ group: 'G', node: 'N' })).toBe('spBv1.0/G/NCMD/N');
  });
});
