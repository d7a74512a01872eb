import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSecrets, readNotifyFile } from './notify-config.ts';
import { openChannels } from './open-channels.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yanshao-notify-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const secrets = parseSecrets('gas-key=abc-123; sms-token = t=1 ;\nmail=p4ss');
/** `<name>` in these texts is how a secret is named in the file: a dollar sign and braces. */
const reads = (given: string) => {
  const text = given.replace(/<([\w-]+)>/g, '$${$1}');
  const path = join(folder, 'notify.yaml');
  writeFileSync(path, text);
  return readNotifyFile(path, secrets);
};
const subscriptions = { of: async () => [], gone: async () => {} };
const opens = async (text: string, demo = false) =>
  openChannels({ file: await reads(text), hosts: [], dataDir: folder, tellPages: () => 0, subscriptions, demo });

const whole = `
wecom: { gas-group: { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=<gas-key>' } }
feishu: { gas: { url: https://open.feishu.cn/open-apis/bot/v2/hook/x, secret: '<gas-key>' } }
sms:
  url: https://sms.example.com/send
  headers: { authorization: 'Bearer <sms-token>' }
  json: { to: '{{to}}', text: '{{content}}' }
mail: { host: mail.example.com, user: duty, password: '<mail>', from: duty@example.com }
webPush: { contact: 'mailto:duty@example.com' }
`;

describe('notify.yaml', () => {
  it('names channels, with secrets from the settings', async () => {
    const file = await reads(whole);
    expect(file.wecom['gas-group']!.url).toBe('https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc-123');
    expect(file.sms!.headers.authorization).toBe('Bearer t=1');
    expect(file.mail).toMatchObject({ password: 'p4ss', port: 465, security: 'tls' });
  });

  it('makes the channels that it names, and open pages always', async () => {
    expect([...(await opens(whole)).keys()]).toEqual(['page', 'wecom', 'feishu', 'sms', 'mail', 'web-push']);
    expect([...(await opens('')).keys()]).toEqual(['page']);
  });

  it('of a demonstration reaches nobody but its pages: a simulated leak wakes no real person', async () => {
    expect([...(await opens(whole, true)).keys()]).toEqual(['page']);
  });

  it('is not needed', async () => {
    expect((await readNotifyFile(join(folder, 'nothing.yaml'), secrets)).wecom).toEqual({});
  });

  it.each([
    ['a secret that is not there', "wecom: { a: { url: 'https://x/?k=<other>' } }", /no secret is named other/],
    ['a channel that does not exist', 'wechat: {}', /wechat/],
    ['an address that is none', 'wecom: { a: { url: qyapi } }', /wecom\.a\.url: .*write https/],
    ['a variable that does not exist', "sms: { url: https://x, json: { a: '{{nr}}' } }", /\{\{nr\}\}/],
    ['no YAML', 'mail: { password: p4ss', /cannot be read: (?!.*p4ss)/s],
  ])('with %s is refused, and says where', async (_, text, reason) => {
    await expect(reads(text)).rejects.toThrow(reason);
  });

  it.each(['docs/notification.md', 'docs/notification.zh.md'])('is shown in %s as it holds', async (page) => {
    const shown =
      readFileSync(page, 'utf8')
        .match(/```yaml\nwecom[\s\S]*?```/)?.[0]
        .replace(/^```(yaml)?$/gm, '') ?? '';
    const named = [...shown.matchAll(/\$\{([\w-]+)\}/g)].map(([, name]): [string, string] => [
      name!,
      'a-long-enough-secret',
    ]);
    writeFileSync(join(folder, 'notify.yaml'), shown);
    const file = await readNotifyFile(join(folder, 'notify.yaml'), new Map(named));
    expect(Object.keys(file).sort()).toEqual(['dingtalk', 'feishu', 'mail', 'sms', 'voice', 'webPush', 'wecom']);
  });

  it('never repeats a secret when it is refused', async () => {
    const text = "wecom: { a: { url: '<gas-key>' } }\nmail: { host: 1, password: '<mail>' }";
    await expect(reads(text)).rejects.toThrow(/^(?!.*(abc-123|p4ss))/s);
  });
});
