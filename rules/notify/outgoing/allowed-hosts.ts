import { BlockList, isIP } from 'node:net';

/** Which far sides messages may go to. Addresses of browsers' push services come from outside: without this they could name anything. */
export interface AllowedHosts {
  /** Why a host may not be spoken to, in both languages; null where it may. */
  refusal(host: string): string | null;
  /** The same for the address that its name stands for, which the name itself does not tell. */
  addressRefusal(host: string, address: string): string | null;
  /** True for an address that is not on the public network. */
  isPrivate(address: string): boolean;
}

/** The robots' own hosts, and the push services of the common browsers. */
export const wellKnownHosts: readonly string[] = [
  'qyapi.weixin.qq.com',
  'oapi.dingtalk.com',
  'open.feishu.cn',
  'open.larksuite.com',
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '*.push.apple.com',
  '*.notify.windows.com',
];

/** Not on the public network: IANA special-purpose registries (RFC 6890) and what leads there. */
const privateNets = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/127',
  '64:ff9b::/96',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/**
 * @param listed host names (`sms.example.com`), all names below one (`*.example.com`), addresses and nets (`10.1.2.3`,
 * `10.1.0.0/16`). A private address is spoken to only where it is listed as an address or net, also when a listed name stands for it.
 */
export function allowedHosts(listed: readonly string[]): AllowedHosts {
  const entries = listed.map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '');
  const nets = blockList(entries.filter(isNet));
  const names = new Set(entries.filter((entry) => !isNet(entry)));
  const below = [...names].filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  const inside = blockList(privateNets);
  const isPrivate = (address: string) => has(inside, address);
  return {
    isPrivate,
    refusal(given) {
      const host = plain(given);
      if (isIP(host) ? has(nets, host) : names.has(host) || below.some((end) => host.endsWith(end))) return null;
      return `${host} 不在允许的主机之列（YANSHAO_NOTIFY_HOSTS） / ${host} is not among the hosts allowed by YANSHAO_NOTIFY_HOSTS`;
    },
    addressRefusal(given, address) {
      if (!isPrivate(address) || has(nets, address)) return null;
      const host = plain(given);
      return `${host} 指向内网地址 ${address}，须将该地址列入 YANSHAO_NOTIFY_HOSTS / ${host} stands for the private address ${address}: list that address in YANSHAO_NOTIFY_HOSTS`;
    },
  };
}

/** A host as it stands in a URL: IPv6 between brackets, a name with the root's dot. */
const plain = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
/** Whether an address is one of these addresses and nets. What is no address is in no list. */
export function addressList(nets: readonly string[]): (address: string) => boolean {
  const list = blockList(nets);
  return (address) => isIP(address) !== 0 && has(list, address);
}

export const isNet = (entry: string): boolean => isIP(entry.split('/')[0]!) !== 0;

function blockList(nets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const net of nets) {
    const [address = '', bits] = net.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** An IPv4 address written as IPv6 is that address: `BlockList` sees to it. */
const has = (list: BlockList, address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
