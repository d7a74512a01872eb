import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { idSchema } from '../../devices/contract/place.ts';
import { Problem } from '../../kit/problem.ts';
import {
  BadName,
  type KeyPair,
  makeAuthority,
  makeClientCertificate,
  makeServerCertificate,
  readCertificateFacts,
} from '../../kit/tls/authority.ts';
import { carryOut } from '../commands-port.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { faint, say, strong } from '../terminal.ts';

const DAY_MS = 86_400_000;
/** A certificate that ends within so many days is shown as a warning. */
const SOON_DAYS = 30;

interface Options {
  readonly dir?: string;
  readonly days: number;
  readonly renew?: true;
}

/** `yanshao tls`: a local authority, certificates for the MQTT doors of a LAN and for the devices that come through them. */
export function tlsCommand(): Command {
  const command = new Command('tls').description(
    '局域网证书：本地机构、服务器证书、设备证书 / certificates for a LAN: an authority, a server’s, devices’',
  );

  common(command.command('authority'), 3650)
    .option('--name <name>', '机构名称 / name of the authority', 'Yanshao local authority')
    .description('建立本地机构 / make the local authority')
    .action(async (options: Options & { name: string }) => {
      const dir = folderFor(options);
      await authorityIn(dir, options);
      shown(dir, 'ca');
    });

  common(command.command('server'), 825)
    .argument('<name...>', '设备访问本机所用的名称或 IP / names and addresses by which devices reach this machine')
    .description('签发服务器证书（没有机构时先建立） / make the server certificate, and the authority if there is none')
    .action(async (names: string[], options: Options) => {
      const dir = folderFor(options);
      const authority = existsSync(files(dir, 'ca').cert) ? read(dir, 'ca') : await authorityIn(dir, { days: 3650 });
      refuseOverwrite(dir, 'server', options);
      write(dir, 'server', await named(() => makeServerCertificate(authority, names, options.days, Date.now())));
      shown(dir, 'server');
      const server = files(dir, 'server');
      say(
        [
          '',
          '用以下设置启动平台；机构证书 ca.crt 交给设备与网关 / start with these settings; devices and gateways get ca.crt:',
          `  YANSHAO_MQTT_HOST=0.0.0.0`,
          `  YANSHAO_MQTT_TLS_CERT=${server.cert}`,
          `  YANSHAO_MQTT_TLS_KEY=${server.key}`,
          `  YANSHAO_MQTT_TLS_CA=${files(dir, 'ca').cert}`,
        ].join('\n'),
      );
    });

  common(command.command('client'), 825)
    .argument('<id>', '已登记的设备或网关编号 / id of a registered device or gateway')
    .description(
      '为设备或网关签发证书，并登记为它的凭据 / issue a certificate and register it as the credential of a device',
    )
    .option('--no-register', '只签发，不登记 / only issue it')
    .action(async (id: string, options: Options & { register: boolean }) => {
      if (!idSchema.safeParse(id).success)
        throw new Problem(`“${id}”不是设备编号 / "${id}" is not an id of a device or gateway`);
      const dir = folderFor(options);
      if (!existsSync(files(dir, 'ca').cert))
        throw new Problem(
          `${dir} 中没有机构：先运行 yanshao tls server / there is no authority in ${dir}: run \`yanshao tls server\` first`,
        );
      const name = `client-${id}`;
      refuseOverwrite(dir, name, options);
      write(dir, name, await makeClientCertificate(read(dir, 'ca'), id, options.days, Date.now()));
      shown(dir, name);
      const { cert } = files(dir, name);
      if (options.register) await register(id, cert);
      else say(`登记 / to register it:  yanshao tls register ${id} ${cert}`);
    });

  command
    .command('register')
    .argument('<id>', '设备或网关编号 / device or gateway id')
    .argument('<file>', '证书文件（PEM），也可由别的机构签发 / certificate file (PEM), of any authority')
    .description('把一张证书登记为设备或网关的凭据 / register a certificate as a credential')
    .action(register);

  command
    .command('show')
    .option('--dir <folder>', '证书目录 / folder of the certificates')
    .description('列出证书与到期日 / list certificates and when they end')
    .action((options: { dir?: string }) => {
      const dir = folderFor(options);
      const names = existsSync(dir) ? readdirSync(dir).filter((file) => file.endsWith('.crt')) : [];
      if (names.length === 0) say(`${dir} 中没有证书 / there are no certificates in ${dir}`);
      for (const name of names.sort()) shown(dir, name.slice(0, -'.crt'.length));
    });
  return command;
}

const common = (command: Command, days: number): Command =>
  command
    .option('--dir <folder>', '证书目录，缺省为数据目录下的 tls / folder, by default tls in the data folder')
    .option('--days <n>', '有效天数 / days it is valid', wholeDays, days)
    .option('--renew', '覆盖已有的证书与私钥 / replace a certificate and key that exist');

function wholeDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days > 0 && days <= 36_500) return days;
  throw new InvalidArgumentError(`须为 1 到 36500 / give 1 to 36500, not "${text}"`);
}

const folderFor = ({ dir }: { readonly dir?: string }): string =>
  resolve(dir ?? join(readConfig().config.dataDir, 'tls'));
const files = (dir: string, name: string) => ({ cert: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) });
const read = (dir: string, name: string): KeyPair => {
  const { cert, key } = files(dir, name);
  return { cert: readText(cert), key: readText(key) };
};

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (err) {
    throw new Problem(`无法读取 ${file} / cannot read ${file}: ${(err as Error).message}`, err);
  }
}

async function authorityIn(dir: string, options: { days: number; renew?: true; name?: string }): Promise<KeyPair> {
  refuseOverwrite(dir, 'ca', options);
  const pair = await makeAuthority(options.name ?? 'Yanshao local authority', options.days, Date.now());
  write(dir, 'ca', pair);
  return pair;
}

/** A key that is gone cannot be made again: everything that trusts it would have to be visited. */
function refuseOverwrite(dir: string, name: string, { renew }: { readonly renew?: true }): void {
  const { cert, key } = files(dir, name);
  if (renew || (!existsSync(cert) && !existsSync(key))) return;
  throw new Problem(
    `${key} 已存在，不会覆盖：用 --renew 换新，或用 --dir 另选目录\n${key} exists and is not overwritten: use --renew to replace it, or --dir for another folder`,
  );
}

/** Whole or not at all, and readable by this account only; a running platform takes the new pair up by itself. */
function write(dir: string, name: string, pair: KeyPair): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const { cert, key } = files(dir, name);
    for (const [file, text] of [
      [key, pair.key],
      [cert, pair.cert],
    ] as const) {
      const fresh = `${file}.${randomUUID().slice(0, 8)}.new`;
      writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
      renameSync(fresh, file);
    }
  } catch (err) {
    throw new Problem(`无法写入 ${dir} / cannot write to ${dir}: ${(err as Error).message}`, err);
  }
}

async function named(make: () => Promise<KeyPair>): Promise<KeyPair> {
  try {
    return await make();
  } catch (err) {
    if (!(err instanceof BadName)) throw err;
    throw new Problem(
      `“${err.message}”不是主机名或 IP 地址 / "${err.message}" is neither a host name nor an IP address`,
      err,
    );
  }
}

/** One certificate in a line or two, with a warning when it ends soon. */
function shown(dir: string, name: string): void {
  const { cert } = files(dir, name);
  const facts = factsOf(cert);
  const days = Math.floor((facts.to - Date.now()) / DAY_MS);
  const left =
    days < 0
      ? strong(`已过期 ${-days} 天 / expired ${-days} days ago`)
      : days <= SOON_DAYS
        ? strong(`还剩 ${days} 天，请用 --renew 换新 / ${days} days left: replace it with --renew`)
        : `还剩 ${days} 天 / ${days} days left`;
  say(`${strong(name)}  ${facts.subject}  ${facts.names.join(' ')}`);
  say(`  ${cert}  ${new Date(facts.to).toISOString().slice(0, 10)}  ${left}`);
  say(`  ${faint(`SHA-256 ${facts.fingerprint}`)}`);
}

function factsOf(file: string) {
  try {
    return readCertificateFacts(readText(file));
  } catch (err) {
    if (err instanceof Problem) throw err;
    throw new Problem(`${file} 不是 PEM 证书 / ${file} is not a certificate in PEM`, err);
  }
}

async function register(subject: string, file: string): Promise<void> {
  const { fingerprint } = factsOf(file);
  const credential = {
    id: `${subject.slice(0, 50)}.${randomUUID().slice(0, 8)}`,
    subject,
    kind: 'certificate' as const,
    name: fingerprint,
    revoked: false,
    created: Date.now(),
  };
  try {
    await carryOut(chosenFolder(readConfig()), {
      type: 'registry.put',
      put: { devices: [], gateways: [], sites: [], credentials: [credential] },
    });
  } catch (err) {
    if (!(err instanceof Problem)) throw err;
    throw new Problem(
      `${err.message}\n证书尚未登记；平台运行后再执行 / the certificate is not registered yet; once the platform runs:  yanshao tls register ${subject} ${file}`,
      err,
    );
  }
  say(`已登记为 ${subject} 的凭据，可用它登录 / registered as a credential of ${subject}: it may sign in with it`);
}
