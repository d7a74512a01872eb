import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { StateTables } from '../devices/contract/state-tables.ts';
import { loadRegistry, type RegistryTables } from '../devices/registry/registry-store.ts';
import type { ConfigOf } from '../kit/config.ts';
import type { DataFolder } from '../kit/data-folder.ts';
import { openSql } from '../kit/sql/open-sql.ts';
import type { Sql } from '../kit/sql/sql.ts';
import { type Dashboard, type DashboardParts, startDashboard } from './app.ts';
import type { dashboardSettings } from './config.ts';
import type { Changer } from './server/accounts/account-audit.ts';
import { type AccountTables, accountMigrations, roles } from './server/accounts/tables.ts';
import { alarmsQuery } from './server/alarms-now.ts';
import { ledgerQuery } from './server/routes/ledger.ts';
import { ticketsQuery } from './server/tickets-now.ts';

/** Everything of {@link DashboardParts} that does not follow from settings and the data folder. */
export type DashboardNeeds = Omit<
  DashboardParts,
  'accountsDb' | 'settings' | 'webDir' | 'photoDir' | 'reloadRegistry'
> & {
  readonly config: ConfigOf<typeof dashboardSettings>;
  readonly folder: DataFolder;
  /** Where accounts are kept; a file in the data folder unless a PostgreSQL address is given. */
  readonly databaseUrl?: string | undefined;
  /** Calendar months that the audit of accounts is kept. */
  readonly auditMonths: number;
  readonly state: Sql<StateTables & RegistryTables>;
};

/** Opens the dashboard's own database and starts it; stopping it closes both. */
export async function openDashboard({
  config,
  folder,
  databaseUrl,
  auditMonths,
  ...parts
}: DashboardNeeds): Promise<Dashboard> {
  const accountsDb = await openSql<AccountTables>({
    url: databaseUrl ?? folder.path('accounts.db'),
    schema: 'accounts',
    migrations: accountMigrations,
  });
  try {
    const dashboard = await startDashboard({
      ...parts,
      accountsDb,
      reloadRegistry: async () => parts.registry.reset(await loadRegistry(parts.state.db)),
      settings: { ...config, auditMonths },
      photoDir: folder.path('media'),
      webDir: fileURLToPath(new URL('./web/dist', import.meta.url)),
    });
    return {
      ...dashboard,
      async stop() {
        await dashboard.stop();
        await accountsDb.close();
      },
    };
  } catch (err) {
    await accountsDb.close();
    throw err;
  }
}

const role = z.enum(roles as unknown as [(typeof roles)[number]]);
const newToken = z.object({ name: z.string().min(1).max(100), role });
const password = z.object({ name: z.string(), password: z.string() });
const newUser = password.extend({ role });
const named = z.object({ name: z.string() });
const byId = z.object({ id: z.string() });
/** Whoever sits at the command line, for the audit. */
const changer = z
  .object({ by: z.string().min(1).max(100).optional() })
  .transform(({ by }): Changer | undefined =>
    by === undefined ? undefined : { id: `cli:${by}`, name: by, via: 'cli' },
  );
const changerOf = (params: unknown) => changer.parse(params);

/** What the command line may ask of the dashboard, for kit/rpc. */
export function dashboardMethods({
  accounts,
  url,
  ledger,
  tickets,
  ticket,
  alarms,
  alarm,
  overrides,
}: Dashboard): Readonly<Record<string, (params: unknown) => Promise<unknown>>> {
  return {
    'dashboard.newApiToken': async (params) => accounts.newApiToken(newToken.parse(params), changerOf(params)),
    'dashboard.addUser': async (params) => accounts.addUser(newUser.parse(params), changerOf(params)),
    'dashboard.setPassword': async (params) => accounts.setPassword(password.parse(params), changerOf(params)),
    'dashboard.removeUser': async (params) => accounts.removeUser(named.parse(params).name, changerOf(params)),
    'dashboard.users': async () => accounts.users(),
    'dashboard.apiTokens': async () => accounts.apiTokens(),
    'dashboard.revokeApiToken': async (params) => accounts.revokeApiToken(byId.parse(params).id, changerOf(params)),
    'dashboard.url': async () => url,
    'dashboard.ledger': async (params) => ledger(ledgerQuery.parse(params)),
    'dashboard.tickets': async (params) => tickets(ticketsQuery.parse(params)),
    'dashboard.ticket': async (params) => ticket(z.string().parse(params)),
    'dashboard.alarms': async (params) => alarms(alarmsQuery.parse(params)),
    'dashboard.alarm': async (params) => alarm(z.string().parse(params)),
    'dashboard.overrides': async () => overrides(),
  };
}
