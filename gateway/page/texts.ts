/** Languages of the page. */
export type Language = 'zh' | 'en';

const texts = {
  brand: ['雁哨网关', 'Yanshao gateway'],
  status: ['状态', 'Status'],
  refused: ['拒收', 'Refused'],
  log: ['日志', 'Log'],
  signIn: ['登录', 'Sign in'],
  signOut: ['退出', 'Sign out'],
  name: ['用户名', 'Name'],
  password: ['密码', 'Password'],
  claimTitle: ['首次使用：建立现场技术员账号', 'First use: make the technician’s account'],
  claim: ['建立账号', 'Make the account'],
  passwordHint: ['至少 12 位', 'at least 12 characters'],
  wrong: ['用户名或密码不对', 'Name or password is wrong'],
  locked: ['连续输错，请 {n} 秒后再试', 'Too many wrong passwords: try again in {n} s'],
  linkUsed: [
    '此链接已用过或不是最新的：重启网关会打印新的',
    'This link was used or is not the newest: a restart prints a new one',
  ],
  weak: ['密码太短：至少 12 位', 'The password is too short: use at least 12 characters'],
  badName: ['用户名须为 2–40 个字母、汉字、数字或 . _ -', 'A name has 2–40 letters, digits, . _ -'],
  signInHow: [
    '没有账号？在本机运行 yanshao gateway user <用户名>',
    'No account? Run `yanshao gateway user <name>` on this machine',
  ],
  expired: ['页面已过期，请再试一次', 'The page was too old: try again'],
  platform: ['平台', 'Platform'],
  connected: ['已连接', 'connected'],
  disconnected: ['未连接', 'not connected'],
  since: ['{age}前起', 'for {age}'],
  unplugged: [
    '上行已断开：读数在缓存中等待，连上后补发',
    'The uplink is down: readings wait in the outbox and are sent when it is back',
  ],
  untrusted: [
    '服务器的证书未被信任：见下方“被拒绝的证书”',
    'The server’s certificate is not trusted: see the rejected certificates below',
  ],
  away: ['没有连接', 'no connection'],
  asked: ['已连接，正在询问', 'connected, and asked'],
  there: ['有应答', 'answers'],
  silent: ['已连接，但平台没有应答：读数不放行', 'connected, and the platform does not answer: nothing is let go'],
  unclear: ['应答不明：读数不放行', 'answers unclearly: nothing is let go'],
  direct: ['直连', 'direct'],
  relayed: ['经外部代理', 'by an external broker'],
  field: ['现场', 'Field'],
  address: ['地址', 'Address'],
  security: ['安全', 'Security'],
  insecure: ['不加密', 'not encrypted'],
  lastHeard: ['最近', 'Last heard'],
  never: ['启动以来没有数据', 'nothing since the start'],
  ago: ['{age}前', '{age} ago'],
  now: ['刚刚', 'just now'],
  waiting: ['等待上行', 'Waiting for the platform'],
  stored: ['缓存占用', 'stored'],
  of: ['上限', 'of'],
  taken: ['已收', 'taken'],
  sent: ['平台已收', 'sent'],
  oldest: ['最早一条', 'oldest'],
  refusedSince: ['启动以来拒收', 'refused since the start'],
  nothingRefused: ['启动以来没有拒收', 'Nothing was refused since the start'],
  all: ['全部（最近 200 条）', 'All (the newest 200)'],
  certificates: ['证书', 'Certificates'],
  rejected: ['被拒绝的证书', 'Rejected certificates'],
  noRejected: ['没有被拒绝的证书', 'No certificate was rejected'],
  compare: ['先与对方核对指纹，再运行：', 'Compare the thumbprint with its owner, then run:'],
  own: ['本网关的证书（须由对方信任）', 'This gateway’s certificate, which servers must trust'],
  trusted: ['已信任', 'trusted'],
  validTo: ['有效期至', 'valid to'],
  stations: ['OPC UA 服务器', 'OPC UA servers'],
  nodes: ['节点', 'nodes'],
  unreadable: ['不可读的节点', 'nodes that may not be read'],
  withoutDeadband: ['服务器不支持死区的节点', 'nodes read without their deadband'],
  unmappedConditions: ['没有映射的报警状态', 'conditions that nothing is mapped to'],
  holds: ['因缓存写满而暂停发布，次', 'times it was held for want of room'],
  'timedBy.server': ['按服务器时间的值', 'values timed by the server'],
  'timedBy.gateway': ['按网关时间的值', 'values timed by the gateway'],
  clockOffset: ['时钟差', 'clock offset'],
  refreshed: ['询问过的不变值', 'unchanging values asked for'],
  gapsOpen: ['待补的缺口', 'gaps to be filled'],
  fetched: ['已补历史值', 'values fetched from history'],
  'alarms.bundle': ['本地判警规则的版本', 'version of the rules judged here'],
  localAlarms: ['本地判警：紧急报警', 'Urgent alarms, judged here'],
  noLocalAlarms: ['没有报警（按 {n} 条规则判断）', 'None stands ({n} rules are judged)'],
  webhookFails: ['现场通知未被接收，正在重试', 'The webhook does not take what it is told; it is tried again'],
  ended: ['已恢复', 'ended'],
  platformRings: ['平台在线：由平台报警', 'The platform is there: it rings'],
  alone: ['平台未及时收到：由网关通知', 'The platform did not have it in time: the gateway calls'],
  toldAt: ['已通知', 'called'],
  notTold: ['尚未通知任何人', 'nobody called yet'],
  platformKnows: ['平台已知', 'the platform knows'],
  platformDoesNot: ['平台尚不知', 'the platform does not know'],
  troubles: ['需要处理', 'Needs attention'],
  'clock-skew': ['时钟不准', 'a clock is wrong'],
  'outbox-dropped': ['缓存已满，舍弃了最旧的读数', 'the outbox was full and let go of its oldest readings'],
  further: ['其他数字', 'Further figures'],
  'waiting.fresh.rows': ['等待：新读数，条', 'waiting, fresh, rows'],
  'waiting.safety.rows': ['等待：安全类积压，条', 'waiting, safety backlog, rows'],
  'waiting.rest.rows': ['等待：其余积压，条', 'waiting, other backlog, rows'],
  'platform.state': ['平台应答', 'platform answers'],
  'platform.door': ['平台入口', 'platform’s door'],
  'clock.offsetMs': ['本机时钟与平台之差，ms', 'platform’s clock less ours, ms'],
  'clock.rttMs': ['往返时间，ms', 'round trip, ms'],
  'clock.steps': ['本机时钟跳变次数', 'steps of this machine’s clock'],
  'clock.lastStepMs': ['最近一次跳变，ms', 'the last step, ms'],
  'clock.wrong': ['时钟不准的设备', 'devices with a wrong clock'],
  'outbox.dropped.rows': ['缓存已满而舍弃，条', 'dropped for want of room, rows'],
  'outbox.dropped.untold': ['其中尚未告知平台', 'of them not told yet'],
  'outbox.full': ['现场因缓存满而等待', 'the field waits for room'],
  overwritten: ['在服务器上被覆盖的值', 'values overwritten at servers'],
  liveMs: ['实时读数上行用时，ms', 'a live reading’s way up, ms'],
  pace: ['补发并行数', 'backlog messages under way'],
  true: ['是', 'yes'],
  false: ['否', 'no'],
  unsecured: ['OPC UA 未加密（仅限实验室）：', 'OPC UA without security, for a lab only: '],
  emptyLog: ['日志为空', 'The log is empty'],
  reason: ['原因', 'Reason'],
  time: ['时间', 'Time'],
  light: ['浅色', 'Light'],
  dark: ['深色', 'Dark'],
  updated: ['更新于', 'as of'],
  interrupted: ['网关没有应答，以下为旧数据', 'The gateway does not answer: what follows is old'],
  notFound: ['没有这一页', 'There is no such page'],
  home: ['回到状态页', 'To the status'],
} as const satisfies Readonly<Record<string, readonly [zh: string, en: string]>>;

export type TextKey = keyof typeof texts;
export const isText = (key: string): key is TextKey => Object.hasOwn(texts, key);

/** A text of the page; `{n}` and the like are filled in. */
export type Say = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** The texts of one language. */
export const sayIn =
  (language: Language): Say =>
  (key, values = {}) =>
    texts[key][language === 'zh' ? 0 : 1].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));

/** A span of time in words that fit a cell: `12 s`, `3 min`, `5 h`, `2 d`. */
export function spanText(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [n, zh, en] =
    seconds < 120
      ? [seconds, '秒', 's']
      : seconds < 7200
        ? [Math.round(seconds / 60), '分钟', 'min']
        : seconds < 172_800
          ? [Math.round(seconds / 3600), '小时', 'h']
          : [Math.round(seconds / 86_400), '天', 'd'];
  return `${n} ${language === 'zh' ? zh : en}`;
}

/** Bytes as a person reads them. */
export const bytesText = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1_048_576
      ? `${(bytes / 1024).toFixed(1)} KB`
      : `${(bytes / 1_048_576).toFixed(1)} MB`;
