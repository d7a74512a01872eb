import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { z } from 'zod';
import { loadCity } from '../../devices/city/load-city.ts';
import { deviceSchema, gatewaySchema } from '../../devices/contract/registry.ts';
import { newToken } from '../../devices/registry/credentials.ts';
import { deviceTypes } from '../../devices/types/registry.ts';
import { Problem } from '../../kit/problem.ts';
import { carryOut } from '../commands-port.ts';
import { chosenFolder, citiesDir, isDemo, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';
import { ledgerCommand } from './ledger.ts';

/** Flags that become fields of the registry record, as they are named there. */
const fields = [
  ['name', '名称 / name'],
  ['name-en', '英文名称 / English name'],
  ['model', '型号 / model'],
  ['lon', '经度 WGS-84；缺省为城市中心 / longitude, by default the city’s centre'],
  ['lat', '纬度 WGS-84 / latitude'],
  ['area', '行政区代码 / area code'],
  ['grid', '网格 / grid'],
  ['address', '地址 / address'],
  ['site', '所在场所 / site id'],
  ['mounted-on', '挂载在哪个设备上 / device it is mounted on'],
  ['gateway', '经由哪个网关 / gateway that speaks for it'],
  ['circuit', '回路 / circuit'],
  ['gas', '气种 natural | lpg | manufactured（测气设备必填） / gas, required where it measures gas'],
  ['gas-unit', '计量单位 %{LEL} | %{VOL} | [ppm]（测气设备必填） / unit it counts gas in'],
  ['owner', '权属 / owner'],
  ['operator', '运营 / operator'],
  ['maintainer', '维护 / maintainer'],
  ['installed', '安装日期 YYYY-MM-DD / installed'],
  ['expires', '到期日期 YYYY-MM-DD / expires'],
  ['calibrated', '最近校准日期 YYYY-MM-DD / calibrated on'],
  ['calibration-due', '校准有效期至 YYYY-MM-DD / calibration is good until'],
  ['calibration-due-days', '校准周期（天） / days a calibration is good for'],
] as const;

const camel = (flag: string) => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `yanshao device`: registers devices and gateways and gives them credentials. */
export function deviceCommand(): Command {
  const command = new Command('device').description('设备、网关与凭据 / devices, gateways and credentials');

  const add = command
    .command('add')
    .argument('[id]', '设备编号 / device id')
    .option('--id <id>', '设备编号 / device id')
    .option('--type <type>', `设备类型，或 gateway / device type, or gateway: ${Object.keys(deviceTypes).join(', ')}`)
    .option('--const <name=value unit...>', '站点常数，例如 "Ps=2.5 kPa" / station constants')
    .option('--fact <name=value...>', '规则可读的事实 / facts that rules may read')
    .description(
      '登记一台设备（或网关）并生成令牌；令牌单独打印在最后一行 / register a device or gateway; its token is printed alone on the last line',
    );
  for (const [flag, help] of fields) add.option(`--${flag} <value>`, help);
  add.action(async (argument: string | undefined, options: Record<string, string | string[] | undefined>) => {
    const id = argument ?? options.id;
    const { type } = options;
    if (!id || !type)
      throw new Problem(
        '请给出设备编号与类型 / give an id and a type:  yanshao device add kitchen-1 --type gas-alarm-commercial --gas natural --gas-unit "%{LEL}"',
      );
    const loaded = readConfig();
    const folder = chosenFolder(loaded);
    const { city } = await loadCity(citiesDir, loaded.config.city);
    const demo = isDemo(folder);
    const [lon, lat] = city.map.center;
    const given = Object.fromEntries(
      fields.flatMap(([flag]) => (options[camel(flag)] === undefined ? [] : [[camel(flag), options[camel(flag)]]])),
    );
    const record = {
      name: id,
      lon,
      lat,
      ...given,
      ...numbers(given),
      id,
      type,
      constants: constants(options.const),
      facts: facts(options.fact),
      demo,
    };
    const put =
      type === 'gateway'
        ? { gateways: [read(gatewaySchema, record)], devices: [] }
        : { devices: [read(deviceSchema, record)], gateways: [] };
    const { secret, hash } = newToken();
    const credential = {
      id: `${String(id).slice(0, 50)}.${randomUUID().slice(0, 8)}`,
      subject: String(id),
      kind: 'token' as const,
      hash,
      revoked: false,
      created: Date.now(),
    };
    await carryOut(folder, { type: 'registry.put', put: { ...put, sites: [], credentials: [credential] } });
    say(`已登记 ${id}（${type}）；令牌只显示这一次 / registered ${id} (${type}); its token is shown only now:`);
    console.log(secret);
  });

  command
    .command('revoke')
    .argument('<id>')
    .description(
      '吊销一台设备或网关的全部凭据，并断开它 / revoke all credentials of a device or gateway and cut it off',
    )
    .action(async (subject: string) => {
      const changed = await carryOut(chosenFolder(readConfig()), { type: 'credential.revoke', subject });
      say(`已吊销 / revoked: ${changed.join(', ') || '—'}`);
    });

  command
    .command('remove')
    .argument('<id...>')
    .description('从登记中删除设备 / remove devices from the registry')
    .action(async (ids: string[]) => {
      const changed = await carryOut(chosenFolder(readConfig()), { type: 'registry.remove', kind: 'device', ids });
      say(`已删除 / removed: ${changed.join(', ') || '—'}`);
    });
  command.addCommand(ledgerCommand());
  return command;
}

function numbers(given: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(
    ['lon', 'lat', 'calibrationDueDays'].flatMap((name) =>
      given[name] === undefined ? [] : [[name, Number(given[name])]],
    ),
  );
}

function constants(texts: string | string[] | undefined): Record<string, { value: number; unit: string }> {
  return Object.fromEntries(
    [texts ?? []].flat().map((text) => {
      const match = /^(\w+)=(-?[\d.]+(?:e-?\d+)?)\s+(\S+)$/i.exec(text);
      if (!match)
        throw new Problem(`constant "${text}" cannot be read: write name=value unit, for example "Ps=2.5 kPa"`);
      return [match[1], { value: Number(match[2]), unit: match[3] }];
    }),
  );
}

function facts(texts: string | string[] | undefined): Record<string, string | number | boolean> {
  return Object.fromEntries(
    [texts ?? []].flat().map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new Problem(`fact "${text}" cannot be read: write name=value`);
      const value = text.slice(at + 1);
      return [text.slice(0, at), value === 'true' ? true : value === 'false' ? false : value];
    }),
  );
}

function read<T>(schema: z.ZodType<T>, record: unknown): T {
  const parsed = schema.safeParse(record);
  if (parsed.success) return parsed.data;
  throw new Problem(`the record cannot be used:\n${z.prettifyError(parsed.error)}`);
}
