import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { deviceTypes } from '../../devices/types/registry.ts';
import { type GatewayConfig, readGatewayConfig } from '../../gateway/config.ts';
import type { Server } from '../../gateway/opcua/looking.ts';
import { type CertificateInfo, infoOf, openPki, type Pki, type Standing, toDer } from '../../gateway/opcua/pki.ts';
import type { DataFolder } from '../../kit/data-folder.ts';
import { Problem } from '../../kit/problem.ts';
import { chosenFolder, processLog, readConfig } from '../runtime.ts';
import { faint, say, strong } from '../terminal.ts';

/** Which gateway a command is about. */
interface Chosen {
  readonly id: string;
  readonly folder: DataFolder;
  readonly pki: Pki;
  /** Its file, where one is named. */
  readonly config: GatewayConfig | null;
}

interface GatewayOptions {
  readonly gateway?: string;
  readonly gatewayConfig?: string;
}

const gatewayOptions = (command: Command): Command =>
  command
    .option('--gateway <id>', '网关编号；只有一个时可省 / the gateway, where there are several')
    .option('--gateway-config <file>', '网关配置文件 / the gateway’s file [YANSHAO_GATEWAY_CONFIG]');

/** `yanshao opcua`: whom a gateway trusts over OPC UA, and what servers offer and hold. */
export function opcuaCommand(): Command {
  const command = new Command('opcua').description(
    'OPC UA：证书信任、端点与浏览（只读） / OPC UA: trust, endpoints and browsing, read-only',
  );
  gatewayOptions(command.command('list'))
    .description('列出网关的证书：自己的、已信任的、被拒绝的 / certificates: own, trusted, rejected')
    .action(async (options: GatewayOptions) => {
      const { pki, id } = await chosen(options);
      const list = await pki.list();
      say(strong(`网关 ${id} / gateway ${id}`));
      for (const one of list) console.log(certificateText(one));
      if (list.length === 0) say('还没有证书 / no certificates yet');
    });
  gatewayOptions(command.command('trust'))
    .argument('<certificate>', '指纹（开头几位即可）或文件 / a thumbprint (its beginning will do) or a file')
    .option('--issuer', '信任一个签发机构，连同它签发的全部证书 / trust an authority and all it signs')
    .option('--crl <file>', '该机构的吊销列表 / its revocation list')
    .description('信任一台服务器的证书；运行中的网关几秒内重试 / trust a server; a running gateway tries again at once')
    .action(trust);
  gatewayOptions(command.command('reject'))
    .argument('<certificate>', '指纹（开头几位即可）或文件 / a thumbprint (its beginning will do) or a file')
    .description('不再信任一张证书 / trust a certificate no more')
    .action(reject);
  command
    .command('endpoints')
    .argument('<url>', 'opc.tcp://host:port')
    .description('列出服务器提供的安全策略，最好的在前 / what a server offers, best first')
    .action(endpoints);
  gatewayOptions(command.command('browse'))
    .argument(
      '<server>',
      'opc.tcp:// 地址，或配置中的序号（从 1 起） / an address, or its number in the gateway’s file',
    )
    .argument('[node]', '从哪个节点开始 / where to begin', 'i=85')
    .option('--depth <levels>', '层数 / levels', '5')
    .option('--yaml', '打印一份待填写的映射文件 / print a mapping file to be filled in')
    .option('--username <name>', '配置中没有的服务器的用户名 / for a server that is not in the file')
    .option('--password-env <name>', '密码所在的环境变量 / the variable that holds the password')
    .option('--anonymous', '不登录 / sign in as nobody')
    .option('--policy <policy>', '安全策略 / security policy', 'Basic256Sha256')
    .option('--lab', '允许不加密（仅实验室） / allow no security, in a lab only')
    .description('以网关的身份浏览一台服务器 / look through a server as the gateway')
    .action(browse);
  return command;
}

async function trust(given: string, options: GatewayOptions & { issuer?: boolean; crl?: string }): Promise<void> {
  const { pki, id } = await chosen(options);
  const der = await certificateOf(given, pki);
  const info = options.issuer ? await pki.trustIssuer(der) : await pki.trust(der);
  if (options.crl) await pki.addRevocationList(basename(options.crl), toDer(readFile(options.crl)));
  await audit(pki, options.issuer ? 'trust issuer' : 'trust', info);
  console.log(certificateText(info));
  say(`网关 ${id} 已信任；运行中的网关会立即重试 / gateway ${id} trusts it; a running one tries again at once`);
  if (options.issuer && !options.crl)
    say(
      '没有吊销列表的机构，其证书会被拒绝：请用 --crl 给出 / without its revocation list (--crl) an authority’s certificates are refused',
    );
}

async function reject(given: string, options: GatewayOptions): Promise<void> {
  const { pki, id, config } = await chosen(options);
  const der = await certificateOf(given, pki);
  const { sha256 } = infoOf('rejected', '', der);
  const listed = (config?.opcua ?? [])
    .flatMap(({ trusted }) => trusted)
    .find((file) => existsSync(file) && infoOf('trusted', file, toDer(readFileSync(file))).sha256 === sha256);
  if (listed)
    throw new Problem(
      `配置文件在 trusted 下列出了这张证书（${listed}）：请先从那里删去\nthe gateway’s file lists it under trusted (${listed}): take it off there first`,
    );
  const info = await pki.reject(der);
  await audit(pki, 'reject', info);
  console.log(certificateText(info));
  say(`网关 ${id} 不再信任它 / gateway ${id} trusts it no more`);
}

async function endpoints(url: string): Promise<void> {
  const { offeredEndpoints } = await import('../../gateway/opcua/endpoints.ts');
  const offers = await reached(url, () => offeredEndpoints(url));
  for (const [at, one] of offers.entries()) {
    const best = at === 0 && one.rank > 0 ? strong('  ← 建议 / use this') : '';
    const weak = one.rank === 0 ? faint('  不安全或不支持 / not secure, or not spoken here') : '';
    console.log(`${one.mode} ${one.policy}  ${one.identities.join(', ')}${best}${weak}\n  ${one.url}`);
  }
  const [first] = offers;
  if (first?.sha1) console.log(`${first.serverName} ${first.applicationUri}\nSHA-1 ${first.sha1}`);
  if (!offers.some(({ rank }) => rank > 0))
    say('没有一个端点是安全的 / none of its endpoints is secure: security None needs lab: true');
}

interface BrowseOptions extends GatewayOptions {
  readonly depth: string;
  readonly yaml?: boolean;
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly anonymous?: boolean;
  readonly policy: string;
  readonly lab?: boolean;
}

async function browse(given: string, node: string, options: BrowseOptions): Promise<void> {
  const depth = Number(options.depth);
  if (!(Number.isInteger(depth) && depth > 0 && depth <= 50))
    throw new Problem(`--depth ${options.depth}：请写 1 到 50 / write a number from 1 to 50`);
  const one = await chosen(options);
  const server = serverOf(given, one.config, options);
  const [{ openTrust }, { looking }, { browseTree }, { treeText, mappingSkeleton }] = await Promise.all([
    import('../../gateway/opcua/trust.ts'),
    import('../../gateway/opcua/looking.ts'),
    import('../../gateway/opcua/browse.ts'),
    import('../../gateway/opcua/browse-text.ts'),
  ]);
  const log = processLog('opcua', { ...readConfig().config, logLevel: 'error' });
  const trusted = one.config?.opcua.flatMap((source) => source.trusted) ?? null;
  const opened = await openTrust(one.pki.dir, trusted, log, one.id);
  try {
    await opened.refresh();
    const seen = await reached(server.endpoint, () =>
      looking(one.id, opened.manager, server, (session) => browseTree(session, node, depth)),
    );
    console.log(options.yaml ? mappingSkeleton(seen, deviceTypes) : treeText(seen));
  } finally {
    await opened.stop();
  }
}

/** The server of this number or address in the gateway's file, else one made of the flags. */
function serverOf(given: string, config: GatewayConfig | null, options: BrowseOptions): Server {
  const sources = config?.opcua ?? [];
  const listed = /^\d+$/.test(given)
    ? sources[Number(given) - 1]
    : sources.find(({ endpoint }) => endpoint === given && options.username === undefined && !options.anonymous);
  if (listed) return listed;
  if (!given.startsWith('opc.tcp://'))
    throw new Problem(
      `配置中没有第 ${given} 个服务器：写序号或 opc.tcp:// 地址\nthe gateway’s file has no server ${given}: give its number or an opc.tcp:// address`,
    );
  const policies = [
    'Basic256Sha256',
    'Aes128_Sha256_RsaOaep',
    'Aes256_Sha256_RsaPss',
    ...(options.lab ? ['None'] : []),
  ];
  const policy = policies.find((name) => name === options.policy) as Server['security']['policy'] | undefined;
  if (!policy)
    throw new Problem(
      `--policy ${options.policy}：可用 / use one of ${policies.join(', ')}（None 须加 --lab / None needs --lab）`,
    );
  if (options.username === undefined && !options.anonymous)
    throw new Problem('请给出 --username 或 --anonymous / say --username <name> or --anonymous');
  return {
    endpoint: given,
    security: { policy, mode: policy === 'None' ? 'None' : 'SignAndEncrypt' },
    ...(options.username === undefined
      ? { anonymous: true as const }
      : { username: options.username, password: process.env[options.passwordEnv ?? ''] ?? '' }),
  };
}

/** The gateway that is meant: by its file, by its id, or the only one of the data folder. */
async function chosen({ gateway, gatewayConfig }: GatewayOptions): Promise<Chosen> {
  const loaded = readConfig(gatewayConfig ? { gatewayConfig } : {});
  const folder = chosenFolder(loaded);
  const file = loaded.config.gatewayConfig;
  const config = file ? readGatewayConfig(file, process.env) : null;
  const kept = join(folder.dir, 'gateways');
  const known = existsSync(kept) ? readdirSync(kept) : [];
  const id = gateway ?? config?.id ?? (known.length === 1 ? known[0] : undefined);
  if (id === undefined)
    throw new Problem(
      `请用 --gateway 指明网关（${folder.dir} 中有：${known.join('、') || '无'}）\nsay which gateway with --gateway; in ${folder.dir} there are: ${known.join(', ') || 'none'}`,
    );
  if (!/^[\w.-]+$/.test(id)) throw new Problem(`网关编号“${id}”不可用 / "${id}" is no gateway id`);
  const pki = await openPki(folder.path('gateways', id, 'pki'));
  return { id, folder, pki, config: config?.id === id ? config : null };
}

/** DER bytes of the certificate that is meant: a file, or the beginning of a thumbprint of one that is known. */
async function certificateOf(given: string, pki: Pki): Promise<Buffer> {
  if (existsSync(given)) {
    const der = toDer(readFile(given));
    try {
      infoOf('trusted', given, der);
    } catch (err) {
      throw new Problem(`${given} 不是证书（PEM 或 DER） / ${given} is no certificate in PEM or DER`, err);
    }
    return der;
  }
  const prefix = given.replaceAll(':', '').toLowerCase();
  const known = (await pki.list()).filter(({ standing }) => standing !== 'own');
  const found = new Map(
    known
      .filter(({ sha1, sha256 }) => sha1.startsWith(prefix) || sha256.startsWith(prefix))
      .map((one) => [one.sha256, one]),
  );
  const [only] = found.values();
  if (only && found.size === 1 && prefix.length >= 4) return toDer(readFile(only.file));
  throw new Problem(
    found.size > 1
      ? `有 ${found.size} 张证书的指纹以 ${given} 开头：请多写几位\n${found.size} certificates begin with ${given}: write more of it`
      : `没有指纹以 ${given} 开头（至少 4 位）的证书，也没有这个文件：yanshao opcua list 列出全部\nno certificate begins with ${given} (at least 4 digits), and there is no such file: \`yanshao opcua list\` lists them`,
  );
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (err) {
    throw new Problem(`无法读取 / cannot read ${path}: ${(err as Error).message}`, err);
  }
}

/** Asks a server; what keeps it from answering is said with what to do. */
async function reached<T>(url: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (err) {
    const why = (err as Error).message;
    const untrusted = /Certificate|SecurityChecks/i.test(why);
    const [zh, en] = untrusted
      ? [
          '；若是证书，请看 yanshao opcua list，再 trust',
          '; if it is the certificate: `yanshao opcua list`, then `trust`',
        ]
      : ['', ''];
    throw new Problem(`${url} 没有应答：${why}${zh}\n${url} does not let us look: ${why}${en}`, err);
  }
}

const audit = (pki: Pki, action: string, { subject, applicationUri, sha1, sha256 }: CertificateInfo): Promise<void> =>
  pki.audit({
    at: new Date().toISOString(),
    by: userInfo().username,
    action,
    subject,
    applicationUri,
    sha1,
    sha256,
  });

const standings: Readonly<Record<Standing, string>> = {
  own: '本机 own',
  trusted: '已信任 trusted',
  issuer: '签发机构 issuer',
  rejected: '已拒绝 rejected',
};

function certificateText(one: CertificateInfo): string {
  const day = (at: number) => (Number.isFinite(at) ? new Date(at).toISOString().slice(0, 10) : '?');
  const late = one.validTo < Date.now() ? '  已过期 / expired' : '';
  return [
    `${standings[one.standing]}  ${one.subject}${late}`,
    `  URI      ${one.applicationUri || '—'}`,
    `  SHA-1    ${one.sha1}`,
    `  SHA-256  ${one.sha256}`,
    `  ${day(one.validFrom)} – ${day(one.validTo)}  ${one.file}`,
  ].join('\n');
}
