import type { Clock } from '../../kit/clock.ts';
import type { DataFolder } from '../../kit/data-folder.ts';
import type { Log } from '../../kit/log.ts';
import { Problem } from '../../kit/problem.ts';
import type { Gateway } from '../app.ts';
import type { GatewayConfig } from '../config.ts';
import { openPki } from '../opcua/pki.ts';
import type { LogFile } from '../watch/log-file.ts';
import { type GatewayPage, startPage } from './page-server.ts';
import { technicians } from './technicians.ts';

export interface PageNeeds {
  readonly config: {
    readonly gatewayPagePort: number | 'off';
    readonly gatewayPageHost: string;
    readonly gatewayPageCert?: string | undefined;
    readonly gatewayPageKey?: string | undefined;
  };
  readonly gateway: GatewayConfig;
  readonly running: Gateway;
  readonly folder: DataFolder;
  readonly logFile: LogFile;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where the technicians of a gateway are kept. */
export const techniciansFile = (folder: DataFolder, gateway: string): string =>
  folder.path('gateways', gateway, 'page', 'technicians.json');

/** Opens a gateway's local page, and gives the one-time link's address while nobody has an account; null when it is off. */
export async function openPage(
  needs: PageNeeds,
): Promise<(GatewayPage & { readonly firstLink: string | null }) | null> {
  const { config, gateway, running, folder, logFile, version, clock, log } = needs;
  const { gatewayPagePort: port, gatewayPageHost: host, gatewayPageCert: cert, gatewayPageKey: key } = config;
  if (port === 'off') return null;
  if ((cert === undefined) !== (key === undefined))
    throw new Problem(
      'YANSHAO_GATEWAY_PAGE_CERT 与 YANSHAO_GATEWAY_PAGE_KEY 须同时设置\nYANSHAO_GATEWAY_PAGE_CERT and YANSHAO_GATEWAY_PAGE_KEY are set together or not at all',
    );
  // World time: a demonstration's clock may run faster, and a sign-in is not part of it.
  const people = technicians(techniciansFile(folder, gateway.id), Date.now);
  const pki = await openPki(folder.path('gateways', gateway.id, 'pki'));
  const page = await startPage({
    host,
    port,
    ...(cert && key && { tls: { cert, key } }),
    gateway: running,
    id: gateway.id,
    uplink: gateway.uplink.url,
    technicians: people,
    certificates: pki.list,
    logTail: logFile.tail,
    version,
    clock,
    log,
  });
  const secret = await people.firstLink();
  return { ...page, firstLink: secret && `${page.url}/claim?link=${secret}` };
}
