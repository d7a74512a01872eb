import { basename, extname } from 'node:path';
import { Command } from 'commander';
import { loadCity } from '../../devices/city/load-city.ts';
import { newToken } from '../../devices/registry/credentials.ts';
import { Problem } from '../../kit/problem.ts';
import { sharedClock } from '../../kit/shared-clock.ts';
import { credentialsFor } from '../../simulators/city/credentials.ts';
import { loadReplay } from '../../simulators/replay/read-data.ts';
import { registryOf } from '../../simulators/replay/registry.ts';
import { startReplay } from '../../simulators/replay/replay.ts';
import { carryOut } from '../commands-port.ts';
import { chosenFolder, citiesDir, isDemo, processLog, readConfig, untilSignal } from '../runtime.ts';
import { say } from '../terminal.ts';

interface Options {
  readonly speed?: string;
  readonly loop?: boolean;
  readonly lon?: string;
  readonly lat?: string;
  readonly area?: string;
}

const progressEveryMs = 2000;

/** `yanshao replay`: sends recorded data through the real MQTT door of the running demonstration. */
export function replayCommand(): Command {
  return new Command('replay')
    .argument(
      '<mapping>',
      '映射文件（YAML），docs/replay.md 说明怎么写 / mapping file (YAML); docs/replay.md shows how to write one',
    )
    .option('--speed <n>', '几倍速；缺省用映射文件中的值 / how many times as fast; by default the mapping’s own')
    .option('--loop', '播完从头再来 / begin again at the end')
    .option(
      '--lon <degrees>',
      '示范点经度，缺省为城市中心 / longitude of the demonstration site, by default the city’s centre',
    )
    .option('--lat <degrees>', '示范点纬度 / latitude')
    .option('--area <code>', '行政区代码 / area code')
    .description(
      '把记录的数据经 MQTT 回放进正在运行的演示 / replay recorded data through MQTT into the running demonstration',
    )
    .action(async (mapping: string, options: Options) => {
      const loaded = readConfig();
      const folder = chosenFolder(loaded);
      const door = folder.find('mqtt');
      if (!door || !isDemo(folder)) {
        throw new Problem(
          '回放只进入正在运行的演示：先运行 yanshao start / a replay goes into a running demonstration only: run `yanshao start` first',
        );
      }
      const { city } = await loadCity(citiesDir, loaded.config.city);
      const replay = await loadReplay(mapping);
      const id = basename(mapping, extname(mapping));
      const [lon, lat] = city.map.center;
      const place = {
        id: `replay-${id}`,
        name: replay.mapping.title,
        area: options.area ?? city.areas[0]?.code ?? '',
        lon: Number(options.lon ?? lon),
        lat: Number(options.lat ?? lat),
      };
      const put = registryOf(replay, place);
      const tokens = Object.fromEntries(put.devices.map((device) => [device.id, newToken().secret]));
      await carryOut(folder, {
        type: 'registry.put',
        put: { ...put, credentials: credentialsFor(tokens, Date.now()) },
      });
      say(`${put.devices.length} 台设备 / devices · ${replay.mapping.attribution}`);

      const log = processLog('replay', loaded.config);
      const running = startReplay({
        replay,
        tokens,
        mqttUrl: door.url,
        speed: options.speed === undefined ? undefined : Number(options.speed),
        loop: options.loop,
        clock: sharedClock(folder, true, loaded.config.demoSpeed, log).clock,
        log,
      });
      const telling = setInterval(() => {
        const { connected, frames, historical, repeated, at } = running.progress();
        say(
          `连接 / connected ${connected} · 已确认 / acknowledged ${frames}（历史 / past ${historical}）· 重发 / repeated ${repeated} · ${at ? new Date(at).toISOString() : '—'}`,
        );
      }, progressEveryMs);
      await Promise.race([running.done, untilSignal(running)]);
      clearInterval(telling);
      await running.stop();
      const { frames } = running.progress();
      say(`回放结束 / the replay is over: ${frames}`);
      process.exit(0);
    });
}
