import { randomBytes } from 'node:crypto';
import { cutAudit } from '../devices/audit/cut-audit.ts';
import { keepAudit } from '../devices/audit/keep-audit.ts';
import type { LoadedCity } from '../devices/city/load-city.ts';
import type { NoticeBody } from '../devices/contract/api.ts';
import type { Seat } from '../devices/contract/city.ts';
import type { CommandPort } from '../devices/contract/command.ts';
import type { DrillBody, PlayedDrill } from '../devices/contract/drill.ts';
import type { NotifyPort } from '../devices/contract/notify-port.ts';
import type { PagesPort } from '../devices/contract/pages.ts';
import type { EntryReader, IngestPort } from '../devices/contract/ports.ts';
import type { RulesTools } from '../devices/contract/rules-tools.ts';
import type { StandardsProposal, StandardsText } from '../devices/contract/standards.ts';
import type { RulesStats } from '../devices/contract/stats.ts';
import { drillOf, measured, playedDrills, readDrills } from '../devices/drills/read-drills.ts';
import type { DutySources } from '../devices/duty/duty-desk.ts';
import { keptDuty } from '../devices/duty/read-duty.ts';
import type { DeviceType } from '../devices/model/device-type.ts';
import { type NoticesQuery, readNotices } from '../devices/notices/read-notices.ts';
import { suggestion } from '../devices/registry/did-you-mean.ts';
import { registryCache } from '../devices/registry/registry-cache.ts';
import { loadRegistry } from '../devices/registry/registry-store.ts';
import { lastApproved, standardsProposals, standardsText } from '../devices/standards/read-standards.ts';
import { openWatches } from '../devices/watches/read-watches.ts';
import { cleanups, type Running } from '../kit/cleanups.ts';
import type { Cancel, Clock } from '../kit/clock.ts';
import { zoneOf } from '../kit/local-time.ts';
import type { Log } from '../kit/log.ts';
import type { Sql } from '../kit/sql/sql.ts';
import { startBacktests } from './backtest/backtests.ts';
import { commandDesk } from './commands/command-desk.ts';
import { openDutyList } from './duty-list.ts';
import { createEngine, type Effects } from './engine/engine.ts';
import { itemsHeardAt } from './engine/seat-subject.ts';
import { listRules } from './explain/list-rules.ts';
import { judgeJournal } from './judge-journal.ts';
import { openStandards } from './open-standards.ts';
import { route } from './routing/notices.ts';
import { withBrowsers } from './routing/people.ts';
import { type SiteBundles, startSiteBundles } from './site-bundles.ts';
import { compileCatalogue } from './standards/compile.ts';
import { loadAlarms } from './store/alarm-store.ts';
import { asideHistory } from './store/aside-history.ts';
import { loadCampaigns } from './store/campaign-store.ts';
import { alarmsOfRules } from './store/cause-history.ts';
import { commits } from './store/commits.ts';
import { loadHazards } from './store/hazard-store.ts';
import { loadIncidents } from './store/incident-store.ts';
import { judgedAlarms } from './store/judged-alarms.ts';
import { takeLease } from './store/lease.ts';
import type { RulesTables } from './store/migrations.ts';
import { derivedOutbox, registryOutbox, standardsOutbox } from './store/outbox.ts';
import { loadOverrides } from './store/override-store.ts';
import { peopleWithBrowsers } from './store/push-store.ts';
import { tellAgain } from './store/standards-store.ts';
import { loadTickets } from './store/ticket-store.ts';
import { startAppealWatch } from './supervision/appeal-watch.ts';
import { type CycleKeeper, keepCycles } from './supervision/keep-cycles.ts';
import { supervise } from './supervision/supervise.ts';
import { pagesOnly, startTelling, type Telling, type TellingParts } from './telling.ts';
import { watchDesk } from './watches/watch-desk.ts';

export { type RulesTables, rulesMigrations } from './store/migrations.ts';

export interface RulesParts {
  /** The state database, with {@link rulesMigrations} applied. */
  readonly state: Sql<RulesTables>;
  readonly reader: EntryReader;
  readonly ingest: Pick<IngestPort, 'append' | 'register' | 'release' | 'readmit' | 'provision' | 'scan'>;
  /** The city and its standards as its files have them: adopted at the first start, a proposal afterwards. */
  readonly city: Pick<LoadedCity, 'city' | 'catalogue' | 'overlays' | 'text' | 'supervision'>;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly clock: Clock;
  readonly log: Log;
  /** An acknowledged alarm that stays active rings again after this, ms; 0 or absent: never. */
  readonly reAlarmMs?: number;
  /** Calendar months that rows of the audit are kept; 12 unless given. */
  readonly auditMonths?: number;
  /** The token with which a drill's detector signs in; one that nobody knows when left out. */
  readonly drillToken?: ((drill: string) => string) | undefined;
  /** How people are reached; by open pages alone when left out. */
  readonly telling?: TellingParts | undefined;
}

export interface Rules extends Running {
  /** Carries out a command; the same id again gives the same outcome. Never rejects for bad input. */
  readonly command: CommandPort;
  /** The standards as they are kept: what was asked for, and every version as its authors wrote it. */
  readonly standards: {
    proposals(): Promise<readonly StandardsProposal[]>;
    /** The newest approved version where no number is given. */
    text(seq?: number): Promise<StandardsText | null>;
  };
  /** Who was told of what, and what came of it. */
  notices(query: NoticesQuery): Promise<readonly NoticeBody[]>;
  /** The pages that are open, as the process that serves them tells. */
  readonly pages: PagesPort;
  /** What browsers and gateways tell of messages that were sent to them. */
  readonly notify: NotifyPort;
  /** The drills, and what they measured. */
  readonly drills: {
    /** The drills that run, and what the detector of each reads now. */
    playing(): Promise<readonly PlayedDrill[]>;
    list(query: { readonly before?: number; readonly limit: number }): Promise<readonly DrillBody[]>;
    one(id: string): Promise<DrillBody | null>;
  };
  /** Who is responsible, as the records and standards in force have it. */
  duty(): DutySources;
  stats(): RulesStats;
  /** For the people who tune rules: back-tests, what the engine thinks of a device, the rules in words. */
  readonly tools: RulesTools;
  /** Calls `fn` with the number of the newest event, each time events or incidents were committed. */
  onChange(fn: (seq: number) => void): Cancel;
}

/** How often changed state is kept, ms. */
const SNAPSHOT_MS = 10_000;

/**
 * Starts judging: waits for the lease, puts the state back as it was, judges in silence what the snapshots do not hold, and
 * goes on from the cursor. Alarms are committed before anyone hears of them.
 */
export async function startRules(parts: RulesParts): Promise<Rules> {
  const { state, reader, ingest, clock, log, types } = parts;
  const { city } = parts.city;
  const stopping = cleanups(log);
  const stop = new AbortController();
  try {
    const lease = await takeLease(state.db, clock, log, stop.signal);
    stopping.defer('lease', () => lease.release());
    const standards = await openStandards(parts, lease);
    const first = standards[0]!.catalogue;
    const compiled = compileCatalogue(first, types, city.platformDepartment, { ceilings: city.ceilings });
    const dutyList = openDutyList(await keptDuty(state.db), city);
    const engine = createEngine({
      catalogue: compiled,
      city,
      types,
      version: first.version,
      standards,
      duties: dutyList.duties,
      reAlarmMs: parts.reAlarmMs,
    });
    const snapshot = await loadRegistry(state.db);
    const registry = registryCache(snapshot);
    engine.load({ ...snapshot, beside: snapshot });
    const { open, lastSeq } = await loadAlarms(state.db);
    engine.desk.load(open, lastSeq);
    const laid = await loadOverrides(state.db);
    engine.overrides.load(laid.standing, laid.asked);
    engine.incidents.load(await loadIncidents(state.db));
    engine.tickets.load(await loadTickets(state.db, clock.now() - city.tickets.reopensWithinH * 3_600_000));
    engine.hazards.load(await loadHazards(state.db, clock.now() - city.hazards.repeat.withinDays * 86_400_000));
    engine.campaigns.load(await loadCampaigns(state.db));

    let bundles: SiteBundles | undefined;
    let cycles: CycleKeeper | undefined;
    const listeners = new Set<(seq: number) => void>();
    const outbox = registryOutbox(state.db, ingest, clock, log, stop.signal);
    const approved = standardsOutbox(state.db, ingest, clock, log, stop.signal);
    const derived = derivedOutbox(ingest, clock, log, stop.signal);
    // Who had a browser stays in it: that it is gone is then said of his delivery.
    const reachedByPush = new Set(await peopleWithBrowsers(state.db));
    const heardAt = (seat: Seat) => itemsHeardAt(seat, engine.inForce().catalogue);
    const routing = {
      city,
      duties: dutyList.duties,
      gridOf: (device: string) => registry.device(device)?.grid,
      person: (id: string) => withBrowsers(dutyList.book().persons.get(id), (one) => reachedByPush.has(one)),
      heardAt,
    };
    let telling: Telling | undefined;
    const writing = commits({
      db: state.db,
      lease,
      clock,
      log,
      stopped: stop.signal,
      route(effects) {
        if (effects.beat !== undefined) telling?.heartbeat?.passed(effects.beat, 'rules');
        return route(routing, effects);
      },
    });
    const { telling: reach = { channels: pagesOnly, origin: '', world: clock } } = parts;
    const onWatchNow = async () => new Set((await openWatches(state.db)).map(({ seat }) => seat));
    let seatsOnWatch = await onWatchNow();
    telling = await startTelling({
      ...reach,
      routing,
      db: state.db,
      writing,
      city,
      ingest,
      open,
      watched: {
        guards(seat) {
          const types = new Set(heardAt(seat).map(({ deviceType }) => deviceType));
          for (const { demo, type, drill } of registry.devices())
            if (!demo && drill === undefined && types.has(type)) return true;
          return false;
        },
        onWatch: ({ id }) => seatsOnWatch.has(id),
        demonstration() {
          // A demonstration's devices and real ones never mix.
          for (const { demo } of registry.devices()) return demo;
          return false;
        },
      },
      clock,
      log,
      stopped: stop.signal,
    });
    const { notifier, heartbeat, pages, notify } = stopping.add('telling', telling);
    let newest = lastSeq;
    const told = ({ events, incidents, tickets, beat }: Pick<Effects, 'events' | 'incidents' | 'tickets' | 'beat'>) => {
      newest = events.at(-1)?.seq ?? newest;
      if (events.length > 0 || incidents || tickets) for (const fn of listeners) fn(newest);
      if (beat !== undefined) heartbeat?.passed(beat, 'notice');
      void notifier.look();
    };
    const judging = await judgeJournal({
      engine,
      reader,
      ingest,
      db: state.db,
      writing,
      clock,
      log,
      stopped: stop.signal,
      commit: async (effects, cursor, rows) => {
        if (
          rows ||
          effects.alarms.length > 0 ||
          effects.events.length > 0 ||
          effects.overrides ||
          effects.incidents ||
          effects.tickets ||
          effects.hazards ||
          effects.campaigns ||
          effects.beat !== undefined
        ) {
          const known = rows ? writing.state(rows, effects, cursor) : writing.effects(effects, cursor);
          for (const id of await known) engine.desk.forget(id);
          told(effects);
        }
        derived.add([...effects.derived]);
      },
      standardsChanged: () => bundles?.changed(),
      judged: () => cycles?.look(),
      gap: async () => {
        await tellAgain(state.db, engine.heardOf());
        void approved.publish();
      },
    });
    const { auditMonths: months = 12 } = parts;
    const cut = () => writing.serial(() => writing.transaction((trx) => cutAudit(trx, { months, now: clock.now() })));
    stopping.add('retention of the audit', keepAudit(cut, { clock, log }));
    // Read from the bottom: nothing new is begun, what is under way ends, and what stands is kept once more.
    stopping.defer('state', () => judging.keep());
    stopping.defer('judging', () => judging.done);
    stopping.defer('work', () => stop.abort(new Error('rules is stopping')));
    stopping.defer(
      'snapshots',
      clock.every(SNAPSHOT_MS, () => void judging.keep()),
    );
    void outbox.publish();
    await tellAgain(state.db, engine.heardOf());
    void approved.publish();
    bundles = stopping.add(
      'rules of gateways',
      startSiteBundles({ catalogue: () => engine.inForce().catalogue, registry, ingest, clock, log }),
    );

    const backtests = stopping.add(
      'back-tests',
      startBacktests({
        store: ingest,
        catalogue: () => engine.inForce().source ?? first,
        overlays: () => engine.inForce().overlays,
        city,
        types,
        registry,
        verdicts: (rule, from, to) => judgedAlarms(state.db, rule, from, to),
        aside: (from, to) => asideHistory(state.db, from, to),
        alarmsOf: (keys, from, to) => alarmsOfRules(state.db, keys, from, to),
        clock,
        log,
      }),
    );
    const standardsNow = () => {
      const { source = first, overlays } = engine.inForce();
      // Also those whose time has not come: who will be responsible can be said before.
      const others = (parts.city.overlays ?? []).filter(({ id }) => overlays.every((one) => one.id !== id));
      return { catalogue: source, overlays: [...overlays, ...others] };
    };
    const policy = parts.city.supervision ?? null;
    const scores = supervise({
      ...{ db: state.db, policy, city, registry, writing, now: clock.now, book: dutyList.book },
      secret: () => randomBytes(16).toString('hex'),
      catalogue: () => engine.inForce().source ?? first,
      told: () => void notifier.look(),
    });
    cycles = stopping.add(
      'cycles',
      keepCycles({
        ...{ db: state.db, policy, zone: zoneOf(city.timeZone), time: engine.now, writing, stopped: stop.signal },
        workOut: scores.workOut,
        log: log.child({ component: 'cycles' }),
      }),
    );
    cycles.look();
    const { supervision } = parts.city;
    if (supervision)
      stopping.add(
        'time for appeals',
        startAppealWatch({
          ...{ db: state.db, routing, writing, clock, log },
          departments: [
            ...new Set(supervision.classes.flatMap(({ units }) => units.flatMap((one) => one.departments ?? []))),
          ],
          told: () => void notifier.look(),
        }),
      );
    const watches = watchDesk({
      ...{ db: state.db, engine, registry, types, city },
      catalogue: () => standardsNow().catalogue,
      duties: dutyList.duties,
    });
    const command = commandDesk({
      ...{ db: state.db, city, types, engine, registry, dutyList, scores, watches, ingest, writing, clock },
      standards: standardsNow,
      cursor: judging.cursor,
      publish: { registry: outbox.publish, standards: approved.publish },
      pushOffered: async () => (await notify.pushKey()) !== null,
      drillToken: parts.drillToken ?? (() => randomBytes(32).toString('hex')),
      stopped: stop.signal,
      told: {
        effects: told,
        registry: () => bundles?.changed(),
        notices: () => void notifier.look(),
        async watches() {
          seatsOnWatch = await onWatchNow();
        },
        async browsers() {
          for (const person of await peopleWithBrowsers(state.db)) reachedByPush.add(person);
        },
      },
    });

    return {
      command,
      standards: {
        proposals: () => standardsProposals(state.db),
        text: async (seq) => (await standardsText(state.db, seq ?? (await lastApproved(state.db)))) ?? null,
      },
      pages,
      notify,
      notices: (query) => readNotices(state.db, query),
      drills: {
        playing: () => playedDrills(state.db),
        list: (query) => readDrills(state.db, city, query, clock.now()),
        async one(id) {
          const drill = await drillOf(state.db, id);
          return drill && { drill, report: await measured(state.db, city, drill, clock.now()) };
        },
      },
      duty: () => ({ book: dutyList.book(), standards: standardsNow(), city }),
      stats() {
        const counted = engine.stats();
        const stands = [outbox.problem, approved.problem, writing.problem, judging.problem, cycles?.problem];
        const waiting = stands.flatMap((text) => (text ? [{ rule: '*', device: '*', text, count: 1 }] : []));
        return {
          position: judging.position,
          lagMs: judging.behind && Number.isFinite(counted.time) ? Math.max(0, clock.now() - counted.time) : 0,
          readings: counted.readings,
          rules: counted.rules,
          openAlarms: counted.openAlarms,
          overrides: counted.overrides,
          problems: [...waiting, ...counted.problems],
          learning: counted.learning,
          heartbeat: heartbeat?.stats() ?? null,
        };
      },
      tools: {
        startBacktest: backtests.start,
        backtest: async (id) => backtests.job(id) ?? null,
        backtests: async () => backtests.jobs(),
        cancelBacktest: async (id) => backtests.cancel(id),
        async explain(device) {
          const found = engine.explain(device);
          return found ? { found } : { unknown: unknownDevice(device, registry.devices()) };
        },
        handoverDraft: (seat) => writing.serial(() => watches.draft(seat, clock.now())),
        rules: async () => listRules(engine.inForce().catalogue, engine.stats().learning),
      },
      onChange(fn) {
        listeners.add(fn);
        return () => listeners.delete(fn);
      },
      stop: () => stopping.run(),
    };
  } catch (err) {
    stop.abort(err);
    await stopping.run();
    throw err;
  }
}

function unknownDevice(id: string, devices: Iterable<{ readonly id: string }>): { zh: string; en: string } {
  const meant = suggestion(
    id,
    [...devices].map((device) => device.id),
  );
  return { zh: `没有设备“${id}”${meant.zh}`, en: `there is no device "${id}"${meant.en}` };
}
