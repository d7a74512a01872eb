import { describe, expect, it } from 'vitest';
import { noticesOf } from './notices.ts';

describe('notices on every page', () => {
  const said = (attributes: Record<string, unknown>) => noticesOf([{ id: 'gw-1' }], () => attributes);

  it('name each gateway that reads servers without security', () => {
    expect(said({ 'opcua.unsecured': ['opc.tcp://lab:4840'] })).toEqual([
      { kind: 'opcua-unsecured', gateway: 'gw-1', endpoints: ['opc.tcp://lab:4840'] },
    ]);
  });

  it('name it too when its list was too long to keep whole', () => {
    expect(said({ 'opcua.unsecured': '["opc.tcp://a… (2000)' })).toHaveLength(1);
  });

  it.each([[{}], [{ 'opcua.unsecured': [] }], [{ 'opcua.unsecured': [3, null] }], [{ 'opcua.unsecured': '' }]])(
    'say nothing where nothing is said: %j',
    (attributes) => expect(said(attributes)).toEqual([]),
  );
});
