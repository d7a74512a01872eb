import type { CommandOutcome } from '../devices/contract/command.ts';
import type { NotifyPort } from '../devices/contract/notify-port.ts';
import type { PagesPort } from '../devices/contract/pages.ts';
import type { RulesTools } from '../devices/contract/rules-tools.ts';
import { drillToken } from '../devices/drills/drill-token.ts';
import { askGaps, askWho, type WhoQuery } from '../devices/duty/duty-desk.ts';
import type { DutyPeriod } from '../devices/duty/duty-gaps.ts';
import { heartbeatToken } from '../devices/heartbeat/heartbeat-device.ts';
import type { NoticesQuery } from '../devices/notices/read-notices.ts';
import { systemClock } from '../kit/clock.ts';
import type { DataFolder } from '../kit/data-folder.ts';
import { openSql } from '../kit/sql/open-sql.ts';
import type { Sql } from '../kit/sql/sql.ts';
import { type Rules, type RulesParts, type RulesTables, rulesMigrations, startRules } from './app.ts';
import type { RulesConfig } from './config.ts';
import { journalHeartbeatDoor } from './heartbeat/journal-door.ts';
import { mqttHeartbeatDoor } from './heartbeat/mqtt-door.ts';
import { noFarSides } from './notify/far-receipts.ts';
import { parseSecrets, readNotifyFile } from './notify/notify-config.ts';
import { openChannels } from './notify/open-channels.ts';
import { vapidKeys } from './notify/web-push/vapid.ts';
import { markGone, pushSubscriptionsOf } from './store/push-store.ts';
import type { TellingParts } from './telling.ts';

/** Opens the state database, of which rules is the one writer; PostgreSQL where an address is given. */
export function openState({ config, folder }: { config: RulesConfig; folder: DataFolder }): Promise<Sql<RulesTables>> {
  return openSql<RulesTables>({
    url: config.databaseUrl ?? folder.path('state.db'),
    schema: 'state',
    migrations: rulesMigrations,
  });
}

interface RulesNeeds extends Omit<RulesParts, 'reAlarmMs' | 'auditMonths' | 'drillToken' | 'telling'> {
  readonly config: RulesConfig & {
    readonly demo: boolean;
    /** Ports of ingest's own doors; null where one is closed. */
    readonly mqttPort: number | null;
    readonly mqttTlsPort: number | null;
    readonly mqttWssPort: number | null;
    readonly mqttTlsCert?: string | undefined;
  };
  readonly folder: DataFolder;
}

/** Starts rules as its settings say. The state database belongs to the caller. */
export const openRules = async ({ config, folder, ...parts }: RulesNeeds): Promise<Rules> =>
  startRules({
    ...parts,
    reAlarmMs: config.reAlarmMinutes * 60_000,
    auditMonths: config.auditMonths,
    drillToken: (drill) => drillToken(folder.secret(), drill),
    telling: await openTelling(config, folder, parts),
  });

/** The channels of the settings, `notify.yaml` in the data folder unless they name another file. */
async function openTelling(
  config: RulesNeeds['config'],
  folder: DataFolder,
  { state: { db }, ingest, clock }: Pick<RulesParts, 'state' | 'ingest' | 'clock'>,
): Promise<TellingParts> {
  const file = await readNotifyFile(
    config.notifyConfig ?? folder.path('notify.yaml'),
    parseSecrets(config.notifySecrets),
  );
  return {
    channels: (tellPages) =>
      openChannels({
        file,
        hosts: config.notifyHosts,
        dataDir: folder.dir,
        tellPages,
        subscriptions: {
          of: (person) => pushSubscriptionsOf(db, person),
          gone: (id) => db.transaction().execute((trx) => markGone(trx, id, clock.now())),
        },
        demo: config.demo,
      }),
    // A demonstration tells its own pages and nobody else.
    farSides: config.demo
      ? noFarSides
      : { vapid: file.webPush ? await vapidKeys(folder.dir) : null, gateways: { sms: file.sms, voice: file.voice } },
    origin: config.publicUrl ?? '',
    world: systemClock,
    heartbeatDoor: opensDoor(config)
      ? mqttHeartbeatDoor({
          url: () => folder.find('mqtt')?.url,
          token: heartbeatToken(folder.secret()),
          certificate: config.mqttTlsCert,
        })
      : journalHeartbeatDoor(ingest, clock),
  };
}

/** True where ingest opens a door of its own; those with TLS open only with a certificate. */
export const opensDoor = ({ mqttPort, mqttTlsPort, mqttWssPort, mqttTlsCert }: RulesNeeds['config']): boolean =>
  mqttPort !== null || (mqttTlsCert !== undefined && (mqttTlsPort !== null || mqttWssPort !== null));

/** What rules offers the other processes of the host and the command line, for kit/rpc. */
export function rulesMethods(rules: Rules): Readonly<Record<string, (params: unknown) => Promise<unknown>>> {
  const { tools } = rules;
  type P<K extends keyof RulesTools> = Parameters<RulesTools[K]>;
  return {
    // The command's own schema refuses what does not fit, with a reason.
    'rules.command': (params): Promise<CommandOutcome> => rules.command(params as Parameters<Rules['command']>[0]),
    'rules.pages.exchange': (params) => rules.pages.exchange(params as Parameters<PagesPort['exchange']>[0]),
    'rules.pages.receipt': (params) => rules.pages.receipt(params as Parameters<PagesPort['receipt']>[0]),
    'rules.push.key': () => rules.notify.pushKey(),
    'rules.push.receipt': (params) => rules.notify.pushReceipt(params as Parameters<NotifyPort['pushReceipt']>[0]),
    'rules.notify.report': (params) => rules.notify.report(params as Parameters<NotifyPort['report']>[0]),
    'rules.notices': (params) => rules.notices(params as NoticesQuery),
    'rules.drills': (params) => rules.drills.list(params as Parameters<Rules['drills']['list']>[0]),
    'rules.drill': (params) => rules.drills.one((params as { id: string }).id),
    'rules.duty': async () => rules.duty().book.records,
    'rules.duty.who': async (params) => askWho(rules.duty(), params as WhoQuery),
    'rules.duty.gaps': async (params) => askGaps(rules.duty(), params as DutyPeriod),
    'rules.stats': async () => rules.stats(),
    'rules.standards.proposals': async () => rules.standards.proposals(),
    'rules.standards.text': async (params) => rules.standards.text((params as { seq?: number }).seq),
    'rules.startBacktest': async (params) => tools.startBacktest(...(params as P<'startBacktest'>)),
    'rules.backtest': async (params) => tools.backtest(...(params as P<'backtest'>)),
    'rules.backtests': async () => tools.backtests(),
    'rules.cancelBacktest': async (params) => tools.cancelBacktest(...(params as P<'cancelBacktest'>)),
    'rules.explain': async (params) => tools.explain(...(params as P<'explain'>)),
    'rules.rules': async () => tools.rules(),
    'rules.handoverDraft': async (params) => tools.handoverDraft(...(params as P<'handoverDraft'>)),
  };
}
