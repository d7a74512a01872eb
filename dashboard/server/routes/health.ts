import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { z } from 'zod';
import type { IngestStats } from '../../../devices/contract/stats.ts';
import type { ServerContext } from '../context.ts';
import type { HubState } from '../live/hub.ts';
import { readStages, type StageNumbers } from '../live/stage-numbers.ts';

const readiness = z.object({ ready: z.boolean(), waitingFor: z.array(z.string()) });

/**
 * Liveness, readiness, and the counters of every stage for Prometheus. They answer without a sign-in, as probes and scrapers
 * expect, and say how many, never who or where.
 */
export function healthRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get(
    '/healthz',
    {
      config: { public: true, answer: z.object({ ok: z.literal(true) }) },
      schema: { tags: ['health'], summary: 'The process answers' },
    },
    async () => ({ ok: true }),
  );

  app.get(
    '/readyz',
    {
      config: { public: true, answer: readiness },
      schema: { tags: ['health'], summary: 'Every stage of the path answers; 503 until then' },
    },
    async (_request, reply) => {
      const state = await context.ready();
      return reply.code(state.ready ? 200 : 503).send(state);
    },
  );

  const metrics = platformMetrics();
  app.get(
    '/metrics',
    {
      config: { public: true, answer: z.string(), answerType: 'text/plain' },
      schema: { tags: ['health'], summary: 'Prometheus metrics, as text' },
    },
    async (_request, reply) => {
      const [stages, open] = await Promise.all([
        readStages({ ingestStats: () => context.ingest.stats(), rulesStats: context.rulesStats }),
        context.alarms.openByPriority().catch(() => null),
      ]);
      metrics.take(stages, open, context.hubState());
      return reply.type(metrics.register.contentType).send(await metrics.register.metrics());
    },
  );
}

/** Every number of the platform. A stage that does not answer keeps its counters and shows `up` 0. */
function platformMetrics() {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `yanshao_${name}`, help, labelNames, registers });
  const counter = (name: string, help: string) => {
    const metric = new Counter({ name: `yanshao_${name}_total`, help, registers });
    return (value: number) => {
      metric.reset();
      metric.inc(value);
    };
  };
  const up = gauge('up', '1 while the stage answers', ['stage']);
  const accepted = counter('ingest_messages_accepted', 'Messages durable in the journal');
  const readings = counter('ingest_readings', 'Readings durable in the journal');
  const refused = counter('ingest_messages_refused', 'Messages in quarantine');
  const ignored = new Counter({
    name: 'yanshao_ingest_messages_ignored_total',
    help: 'Messages accepted and ignored on purpose, by topic (docs/device-api.md)',
    labelNames: ['topic'],
    registers,
  });
  const brokerUp = gauge('external_broker_up', '1 while the link with the external broker is whole', ['door']);
  const brokerProblem = gauge('external_broker_problem', '1 while something keeps its messages from coming', ['door']);
  const doubtful = counter('ingest_readings_doubtful', 'Readings kept with lowered quality');
  const lost = counter('ingest_messages_lost', 'Acknowledged and then lost; always 0');
  const rejected = counter('store_rows_rejected', 'Rows that the telemetry store refused for good');
  const judged = counter('rules_readings', 'Readings judged');
  const gaps = counter('live_journal_gaps', 'Times the live view missed a part of the journal');
  const clients = gauge('ingest_clients', 'Connected clients');
  const journalBytes = gauge('journal_bytes', 'Bytes held by the journal');
  const journalCap = gauge('journal_cap_bytes', 'Size at which senders begin to wait');
  const journalWaiting = gauge('journal_waiting', 'Appends that wait for room');
  const journalBlocked = gauge('journal_blocked', '1 while the journal cannot be written and nothing is acknowledged');
  const journalWaitingBy = gauge('journal_waiting_by_lane', 'Appends that wait for room, by lane', ['lane']);
  const cutOffs = counter('journal_cut_offs', 'Times a consumer of the journal was cut off');
  const duplicates = counter('ingest_readings_duplicate', 'Readings that came again and were not journaled twice');
  const replayed = counter('ingest_readings_replayed', 'Readings with an old sequence number, kept and marked');
  const missing = gauge('ingest_readings_missing', 'Readings that sequence numbers say are missing');
  const clocksOff = gauge('device_clocks_off', 'Devices whose clock is off by more than is tolerated');
  const clocksMeasured = gauge('device_clocks_measured', 'Devices whose clock has been measured');
  const quarantineRows = gauge('quarantine_rows', 'Refused rows that are held');
  const quarantinePurged = counter('quarantine_rows_purged', 'Refused rows purged to stay within the bounds');
  const readmitted = counter('quarantine_rows_readmitted', 'Refused rows let in after a fix');
  const storeLag = gauge('store_lag_seconds', 'Age of the oldest reading not yet in the telemetry store');
  const aside = gauge('overrides', 'Points that people put aside, and requests that wait for a second person', [
    'kind',
  ]);
  const rulesLag = gauge('rules_lag_seconds', 'Journal time not yet judged');
  const pathRound = gauge(
    'alarm_path_round_seconds',
    'What the last whole round of the heartbeat of the alarm path took',
  );
  const pathLast = gauge('alarm_path_last_round_timestamp_seconds', 'When the last whole round ended, platform time');
  const pathRounds = counter('alarm_path_rounds', 'Whole rounds of the heartbeat since rules started');
  const pathSilent = gauge('alarm_path_silent', '1 when no heartbeat came round for three minutes');
  const openAlarms = gauge('alarms_open', 'Open alarms', ['priority']);
  const pages = gauge('live_pages', 'Pages that follow the live stream');
  const slowPages = gauge('live_pages_slow', 'Pages whose connection is too slow for it');

  return {
    register,
    take({ ingest, rules }: StageNumbers, open: Record<string, number> | null, live: HubState | null): void {
      up.set({ stage: 'ingest' }, ingest ? 1 : 0);
      up.set({ stage: 'rules' }, rules ? 1 : 0);
      up.set({ stage: 'alarms' }, open ? 1 : 0);
      if (ingest) {
        accepted(ingest.accepted);
        readings(ingest.readings);
        refused(ingest.refused);
        ignored.reset();
        for (const [topic, count] of Object.entries(ingest.ignored)) ignored.inc({ topic }, count);
        brokerUp.reset();
        brokerProblem.reset();
        for (const { door, external } of linksOf(ingest)) {
          brokerUp.set({ door }, external.up ? 1 : 0);
          brokerProblem.set({ door }, external.problem ? 1 : 0);
        }
        doubtful(ingest.doubtful);
        lost(ingest.lost);
        rejected(ingest.store.rejectedRows);
        clients.set(ingest.clients);
        journalBytes.set(ingest.journal.bytes);
        journalCap.set(ingest.journal.capBytes);
        journalWaiting.set(ingest.journal.waiting);
        storeLag.set(ingest.store.lagMs / 1000);
        journalBlocked.set(ingest.journal.problem ? 1 : 0);
        for (const [lane, waiting] of Object.entries(ingest.journal.waitingBy)) journalWaitingBy.set({ lane }, waiting);
        cutOffs(ingest.journal.cutOffs);
        duplicates(ingest.admission.duplicates);
        replayed(ingest.admission.replayed);
        missing.set(ingest.admission.missing);
        clocksOff.set(ingest.admission.clocks.off);
        clocksMeasured.set(ingest.admission.clocks.measured);
        quarantineRows.set(ingest.quarantine.rows);
        quarantinePurged(ingest.quarantine.purged);
        readmitted(ingest.quarantine.readmitted);
      }
      if (rules) {
        rulesLag.set(rules.lagMs / 1000);
        judged(rules.readings);
        aside.set({ kind: 'shelved' }, rules.overrides.shelved);
        aside.set({ kind: 'out-of-service' }, rules.overrides.outOfService);
        aside.set({ kind: 'asked' }, rules.overrides.asked);
        if (rules.heartbeat) {
          const { lastAt, roundMs, rounds, silent } = rules.heartbeat;
          if (lastAt !== null) pathLast.set(lastAt / 1000);
          if (roundMs !== null) pathRound.set(roundMs / 1000);
          pathRounds(rounds);
          pathSilent.set(silent ? 1 : 0);
        }
      }
      if (open) for (const priority of ['P1', 'P2', 'P3', 'P4']) openAlarms.set({ priority }, open[priority] ?? 0);
      if (live) {
        gaps(live.gaps);
        pages.set(live.pages);
        slowPages.set(live.slowPages);
      }
    },
  };
}

/** Every process that is linked with the external broker. */
const linksOf = ({ external, doorProcesses }: IngestStats) => [
  ...(external ? [{ door: 'ingest', external }] : []),
  ...doorProcesses.map(({ name, external: link }) => ({ door: name, external: link })),
];
