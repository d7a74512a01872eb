import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ServerContext } from '../context.ts';

/** Liveness, readiness, and the counters of every stage for Prometheus. */
export function healthRoutes(app: FastifyInstance, { ingest, rulesStats, ready, alarms }: ServerContext): void {
  app.get('/healthz', { schema: { tags: ['health'], summary: 'The process answers' } }, async () => ({ ok: true }));

  app.get(
    '/readyz',
    { schema: { tags: ['health'], summary: 'Every stage of the path answers' } },
    async (_request, reply) => {
      const state = await ready();
      return reply.code(state.ready ? 200 : 503).send(state);
    },
  );

  const register = new Registry();
  collectDefaultMetrics({ register });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `yanshao_${name}`, help, labelNames, registers: [register] });
  const gauges = {
    accepted: gauge('ingest_messages_accepted_total', 'Messages durable in the journal'),
    readings: gauge('ingest_readings_total', 'Readings durable in the journal'),
    refused: gauge('ingest_messages_refused_total', 'Messages in quarantine'),
    doubtful: gauge('ingest_readings_doubtful_total', 'Readings kept with lowered quality'),
    lost: gauge('ingest_messages_lost_total', 'Acknowledged and then lost; always 0'),
    clients: gauge('ingest_clients', 'Connected clients'),
    journalBytes: gauge('journal_bytes', 'Bytes held by the journal'),
    journalCap: gauge('journal_cap_bytes', 'Size at which senders begin to wait'),
    journalWaiting: gauge('journal_waiting', 'Appends that wait for room'),
    storeLag: gauge('store_lag_seconds', 'Age of the oldest reading not yet in the telemetry store'),
    rulesLag: gauge('rules_lag_seconds', 'Journal time not yet judged'),
    rulesReadings: gauge('rules_readings_total', 'Readings judged'),
    openAlarms: gauge('alarms_open', 'Open alarms', ['priority']),
  };
  app.get('/metrics', { schema: { tags: ['health'], summary: 'Prometheus metrics' } }, async (_request, reply) => {
    const [inStats, ruleStats, open] = await Promise.all([ingest.stats(), rulesStats(), alarms.open()]);
    gauges.accepted.set(inStats.accepted);
    gauges.readings.set(inStats.readings);
    gauges.refused.set(inStats.refused);
    gauges.doubtful.set(inStats.doubtful);
    gauges.lost.set(inStats.lost);
    gauges.clients.set(inStats.clients);
    gauges.journalBytes.set(inStats.journal.bytes);
    gauges.journalCap.set(inStats.journal.capBytes);
    gauges.journalWaiting.set(inStats.journal.waiting);
    gauges.storeLag.set(inStats.store.lagMs / 1000);
    if (ruleStats) {
      gauges.rulesLag.set(ruleStats.lagMs / 1000);
      gauges.rulesReadings.set(ruleStats.readings);
    }
    for (const priority of ['P1', 'P2', 'P3', 'P4']) {
      gauges.openAlarms.set({ priority }, open.alarms.filter((alarm) => alarm.priority === priority).length);
    }
    return reply.type(register.contentType).send(await register.metrics());
  });
}
