import type { SiteBundle } from '../devices/contract/site-bundle.ts';
import type { Sql } from '../kit/sql/sql.ts';
import type { IngestTables } from './tables.ts';

/** What rules have worked out for each gateway, kept so that a gateway that asks after a restart is answered. */
export interface Provisions {
  /** The last one counts. */
  keep(gateway: string, bundle: SiteBundle): Promise<void>;
  /** The attributes `site` and `siteVersion` of a gateway; empty where there are none. */
  sharedWith(subject: string): { readonly site?: SiteBundle; readonly siteVersion?: string };
}

export async function openProvisions({ db }: Sql<IngestTables>): Promise<Provisions> {
  const rows = await db.selectFrom('site_bundles').selectAll().execute();
  const bundles = new Map(rows.map(({ gateway, body }) => [gateway, JSON.parse(body) as SiteBundle]));
  return {
    async keep(gateway, bundle) {
      if (bundles.get(gateway)?.version === bundle.version) return;
      const body = JSON.stringify(bundle);
      await db
        .insertInto('site_bundles')
        .values({ gateway, body })
        .onConflict((conflict) => conflict.column('gateway').doUpdateSet(({ ref }) => ({ body: ref('excluded.body') })))
        .execute();
      bundles.set(gateway, bundle);
    },
    sharedWith(subject) {
      const site = bundles.get(subject);
      return site ? { site, siteVersion: site.version } : {};
    },
  };
}
