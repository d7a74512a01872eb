import { describe, expect, it } from 'vitest';
import type { GatewayStats } from '../app.ts';
import type { Frame } from './frame.ts';
import { statusView } from './status-view.ts';

const station: GatewayStats['stations'][number] = {
  endpoint: 'opc.tcp://10.0.0.5:4840',
  connected: true,
  problem: null,
  nodes: 3100,
  subscriptions: 4,
  refused: [],
  withoutDeadband: [{ node: 'ns=1;s=FT101', status: 'BadMonitoredItemFilterUnsupported' }],
  events: {
    mapped: 1,
    seen: 3,
    overflows: 0,
    unmapped: [{ source: 'ns=1;s=RTU1', sourceName: '<RTU1>', condition: 'Door' }],
    problem: null,
  },
  clockOffsetMs: 12,
  timedBy: { source: 100, server: 0, gateway: 7 },
  refreshed: 0,
  overwritten: 2,
  holds: 1,
  history: { nodes: 3100, open: 0, fetched: 0, skipped: 0 },
};
const stats = {
  id: 'gw-1',
  connected: true,
  connectedSince: 0,
  taken: 0,
  sent: 0,
  backlog: 0,
  waiting: { fresh: { rows: 0, oldest: null }, safety: { rows: 0, oldest: null }, rest: { rows: 0, oldest: null } },
  refused: 0,
  sources: [],
  conditions: [],
  stations: [station],
  alarms: { bundle: null, rules: 0, alarms: [], problem: null },
  outbox: { bytes: 0, capBytes: 1, dropped: { rows: 0, untold: 0, why: null }, full: false },
} as Partial<GatewayStats> as GatewayStats;
const shown = (language: Frame['language']): string =>
  statusView({ language, gateway: 'gw-1', now: 0 } as Frame, { stats, uplink: '', refused: [], certificates: [] })
    .markup;

describe('an OPC UA server on the local page', () => {
  it('shows what is read otherwise than its mapping asks, and what nobody has mapped', () => {
    const page = shown('en');
    expect(page).toContain('1 nodes read without their deadband: ns=1;s=FT101 BadMonitoredItemFilterUnsupported');
    expect(page).toContain('1 conditions that nothing is mapped to: ns=1;s=RTU1 (&lt;RTU1&gt;) Door');
    expect(page).toContain('values overwritten at servers 2');
    expect(page).toContain('values timed by the gateway 7');
    expect(page).not.toContain('values timed by the server');
    expect(page).not.toContain('nodes that may not be read');
  });

  it('says so in Chinese', () => {
    expect(shown('zh')).toContain('1 没有映射的报警状态: ns=1;s=RTU1');
  });
});
