import type { Kysely } from 'kysely';
import type { City } from '../../devices/contract/city.ts';
import { type Command, type CommandOutcome, type CommandPort, commandSchema } from '../../devices/contract/command.ts';
import { notifyPolicySchema } from '../../devices/contract/notify-policy.ts';
import type { IngestPort } from '../../devices/contract/ports.ts';
import type { Standards } from '../../devices/contract/standards.ts';
import { worldOf } from '../../devices/duty/duty-desk.ts';
import type { DeviceType } from '../../devices/model/device-type.ts';
import type { RegistryCache } from '../../devices/registry/registry-cache.ts';
import type { Clock } from '../../kit/clock.ts';
import type { DrillCommand } from '../drills/decide.ts';
import { executeOnDrills } from '../drills/drill-desk.ts';
import type { DutyList } from '../duty-list.ts';
import type { Effects, Engine } from '../engine/engine.ts';
import type { Cursor } from '../store/alarm-store.ts';
import type { Commits } from '../store/commits.ts';
import { pause } from '../store/lease.ts';
import type { RulesTables } from '../store/migrations.ts';
import { sampleFound } from '../store/sample-store.ts';
import { judgedRows, writeVerdicts } from '../store/verdict-store.ts';
import { writeWatches } from '../store/watch-store.ts';
import type { Supervising } from '../supervision/supervise.ts';
import type { WatchCommand } from '../watches/decide.ts';
import type { WatchDesk } from '../watches/watch-desk.ts';
import { carryOutOnce, outcomeOf, writeAudit } from './audit.ts';
import { isDrillCommand } from './drills.ts';
import { type DutyCommand, executeOnDuty, isDutyCommand } from './duty.ts';
import { executeOnRegistry, readmitOutcome } from './execute.ts';
import { limitFaults } from './limit-faults.ts';
import { executeNotifyTest, isNotifyCommand, type NotifyCommand } from './notify.ts';
import { alarmOutcome, executeOnDesk } from './on-desk.ts';
import { executeOnBrowsers, isPushCommand, type PushCommand } from './push.ts';
import { invalidCommand, notReadmitted, notServing } from './refusals.ts';
import { executeOnStandards, isStandardsCommand, type StandardsCommand } from './standards.ts';
import { isSupervisionCommand } from './supervision.ts';
import { carryOutWatch, isWatchCommand } from './watches.ts';

export interface CommandDeskParts {
  readonly db: Kysely<RulesTables>;
  readonly city: City;
  readonly types: Readonly<Record<string, DeviceType>>;
  readonly engine: Engine;
  /** The registry as committed, ahead of the journal. */
  readonly registry: RegistryCache;
  readonly dutyList: DutyList;
  /** The standards in force, and overlays whose time has not come. */
  readonly standards: () => Standards;
  readonly scores: Pick<Supervising, 'command'>;
  readonly watches: WatchDesk;
  readonly ingest: Pick<IngestPort, 'readmit'>;
  readonly writing: Commits;
  /** Up to where the journal was judged. */
  readonly cursor: () => Cursor;
  /** Puts what was committed into the journal; false when it does not take it now, and it will be tried again. */
  readonly publish: { registry(): Promise<boolean>; standards(): Promise<boolean> };
  readonly pushOffered: () => Promise<boolean>;
  /** The token with which a drill's detector signs in. */
  readonly drillToken: (drill: string) => string;
  readonly clock: Clock;
  readonly stopped: AbortSignal;
  readonly told: CommandListeners;
}

/** Who hears of what commands changed, once it is committed. */
export interface CommandListeners {
  effects(effects: Effects): void;
  registry(): void;
  watches(): Promise<void>;
  notices(): void;
  browsers(): Promise<void>;
}

/** What became of a command; `published` once nothing of it is still to be told through the journal. */
interface CarriedOut {
  readonly outcome: CommandOutcome;
  readonly published: boolean;
}

/** How long the outcome of a command waits for the journal, ms. */
const PUBLISH_WAIT_MS = 5000;

/**
 * Carries out commands one after the other, between the commits of judging, each once by its id, with a line in the audit. What the
 * journal must carry (the registry, approved standards) has its outcome once it is there, or says that it is pending.
 */
export function commandDesk(parts: CommandDeskParts): CommandPort {
  const { db, city, engine, registry, dutyList, writing, clock, stopped, told } = parts;

  /** In the order of commits; a command that was carried out before has the same outcome again, and no other effect. */
  const once = (command: Command, carryOut: () => Promise<CarriedOut>): Promise<CarriedOut> =>
    writing.serial(async () => {
      const before = await writing.transaction((trx) => outcomeOf(trx, command.id));
      return before ? { outcome: before, published: true } : carryOut();
    });

  const onStandards = (command: StandardsCommand): Promise<CarriedOut> =>
    once(command, () =>
      writing.transaction(async (trx) => {
        const { outcome, approved } = await executeOnStandards(trx, command, city, dutyList.duties().personOf);
        if (!isDryRun(command)) await writeAudit(trx, command, outcome, clock.now());
        return { outcome, published: !approved };
      }),
    );

  const onDuty = (command: DutyCommand): Promise<CarriedOut> =>
    once(command, async () => {
      const world = worldOf(city, parts.standards(), [...registry.beside.of('crew').keys()]);
      const { outcome, records } = await writing.transaction(async (trx) => {
        const done = await executeOnDuty(trx, command, dutyList.book().records, world, clock.now());
        if (!isDryRun(command)) await writeAudit(trx, command, done.outcome, clock.now());
        return done;
      });
      if (records) dutyList.take(records);
      return { outcome, published: true };
    });

  const onNotices = async (command: NotifyCommand | PushCommand): Promise<CarriedOut> => {
    const offered = await parts.pushOffered();
    const carriedOut = await once(command, async () => {
      const given = { persons: dutyList.book().persons, offered, now: clock.now() };
      const policy = city.notify ?? notifyPolicySchema.parse({});
      const outcome = await writing.transaction(async (trx) => {
        const done = await (isPushCommand(command)
          ? executeOnBrowsers(trx, command, given)
          : executeNotifyTest(trx, command, { ...given, policy }));
        await writeAudit(trx, command, done, clock.now());
        return done;
      });
      return { outcome, published: true };
    });
    if (command.type === 'notify.subscribe') await told.browsers();
    told.notices();
    return carriedOut;
  };

  const onWatch = (command: WatchCommand): Promise<CarriedOut> =>
    once(command, async () => {
      const { outcome, work } = carryOutWatch(await parts.watches.world(command), command, engine.tickets);
      const effects = work && engine.pending();
      await writing.transaction(async (trx) => {
        if (work) await writeWatches(trx, work);
        if (effects) await writing.write(trx, effects, parts.cursor());
        await writeAudit(trx, command, outcome, clock.now());
      });
      if (work) await told.watches();
      if (effects) told.effects(effects);
      return { outcome, published: true };
    });

  const onDrill = (command: DrillCommand): Promise<CarriedOut> =>
    once(command, async () => {
      const drilling = { ...parts, catalogue: () => parts.standards().catalogue, token: parts.drillToken };
      const { outcome, changes } = await writing.transaction(async (trx) => {
        const done = await executeOnDrills(trx, drilling, command);
        await writeAudit(trx, command, done.outcome, clock.now());
        return done;
      });
      for (const change of changes) registry.apply(change);
      if (changes.length > 0) told.registry();
      return { outcome, published: changes.length === 0 };
    });

  /** What is done with alarms, tickets, hazards and campaigns in memory first, and committed with what follows from it. */
  const onDesk = (command: Command): Promise<CarriedOut> =>
    once(command, async () => {
      const judged = command.type === 'judge' ? await judgedRows(db, command.of) : [];
      const sample = command.type === 'campaign.sample' ? await sampleFound(db, command.run) : null;
      const { personOf } = dutyList.duties();
      const work = executeOnDesk({ engine, policy: city.alarmPolicy, personOf, judged, sample }, command);
      if (!work) return onRegistry(command as RegistryCommand);
      const effects = engine.pending();
      const outcome = await writing.transaction(async (trx) => {
        const known = await alarmOutcome(trx, work);
        if (effects) await writing.write(trx, effects, parts.cursor());
        if (command.type === 'judge') await writeVerdicts(trx, work.verdicts, command, modelOf);
        await writeAudit(trx, command, known, clock.now());
        return known;
      });
      if (effects) told.effects(effects);
      return { outcome, published: true };
    });
  const modelOf = (device: string) => registry.device(device)?.model ?? null;

  const onRegistry = async (command: RegistryCommand): Promise<CarriedOut> => {
    const { outcome, changes } = await writing.transaction(async (trx) => {
      const done = await executeOnRegistry(trx, command, {
        ...{ registry, types: parts.types, areas: city.areas.map(({ code }) => code) },
        limitFaults: (device) => limitFaults(engine.inForce().catalogue, device),
      });
      await writeAudit(trx, command, done.outcome, clock.now());
      return done;
    });
    for (const change of changes) registry.apply(change);
    if (changes.length > 0) told.registry();
    return { outcome, published: changes.length === 0 };
  };

  /**
   * Refused messages are judged again by ingest, outside the order of commits: it may have to wait for the journal, and alarms
   * must not. A row goes in once, so that the same command twice does no harm.
   */
  const readmit = async (command: Extract<Command, { type: 'quarantine.readmit' }>): Promise<CommandOutcome> => {
    const before = await writing.serial(() => writing.transaction((trx) => outcomeOf(trx, command.id)));
    if (before) return before;
    const outcome = await parts.ingest
      .readmit(command.which)
      .then(readmitOutcome, (err: Error): CommandOutcome => ({ refused: notReadmitted(err.message) }));
    return writing.serial(() => writing.transaction((trx) => carryOutOnce(trx, command, clock.now, () => outcome)));
  };

  const carryOut = (command: Command): Promise<CarriedOut> => {
    if (isStandardsCommand(command)) return onStandards(command);
    if (isDutyCommand(command)) return onDuty(command);
    if (isNotifyCommand(command) || isPushCommand(command)) return onNotices(command);
    if (isWatchCommand(command)) return onWatch(command);
    if (isDrillCommand(command)) return onDrill(command);
    return onDesk(command);
  };

  return async (given) => {
    const parsed = commandSchema.safeParse(given);
    if (!parsed.success) {
      const first = parsed.error.issues[0];
      return { refused: invalidCommand(`${first?.path.join('.') ?? ''} ${first?.message ?? ''}`.trim()) };
    }
    if (stopped.aborted) return { refused: notServing };
    const command = parsed.data;
    if (command.type === 'quarantine.readmit') return readmit(command);
    if (isSupervisionCommand(command)) return parts.scores.command(command);
    const { outcome, published } = await carryOut(command);
    if (published || 'refused' in outcome) return outcome;
    const reached = await Promise.race([
      isStandardsCommand(command) ? parts.publish.standards() : parts.publish.registry(),
      pause(clock, PUBLISH_WAIT_MS, stopped).then(() => false),
    ]);
    return reached ? outcome : { ...outcome, pending: true };
  };
}

type RegistryCommand = Parameters<typeof executeOnRegistry>[1];

/** Tried only: nothing changed that an audit could tell of. */
const isDryRun = (command: StandardsCommand | DutyCommand): boolean => 'dryRun' in command && command.dryRun === true;
