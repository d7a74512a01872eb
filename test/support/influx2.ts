import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Server, startServer } from './servers.ts';

/**
 * Debian has no package of InfluxDB 2.x; whoever has the program names it, `YANSHAO_TEST_INFLUXD2=/path/to/influxd`, and the
 * contract suites run against it as against 1.x.
 */
export const influxd2 = (): string | undefined => process.env.YANSHAO_TEST_INFLUXD2 || undefined;

export interface Influx2Server extends Server {
  readonly url: string;
  readonly org: string;
  readonly token: string;
}

/** InfluxDB 2.x, set up with an organisation and a token that may do everything. */
export async function startInflux2(program: string): Promise<Influx2Server> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'yanshao-influx2-'));
  const url = `http://127.0.0.1:${port}`;
  const args = [
    ['--http-bind-address', `127.0.0.1:${port}`],
    ['--bolt-path', join(folder, 'influxd.bolt')],
    ['--sqlite-path', join(folder, 'influxd.sqlite')],
    ['--engine-path', join(folder, 'engine')],
  ].flat();
  const server = await startServer(
    folder,
    [program, ...args, '--reporting-disabled'],
    async () => (await fetch(`${url}/health`)).ok,
  );
  const setup = {
    username: 'root',
    password: 'secretsecret',
    org: 'city & co',
    bucket: 'first',
    token: 'a-token-for-tests',
  };
  const answer = await fetch(`${url}/api/v2/setup`, { method: 'POST', body: JSON.stringify(setup) });
  if (!answer.ok) throw new Error(`InfluxDB 2 could not be set up: ${await answer.text()}`);
  await answer.arrayBuffer();
  return { url, org: setup.org, token: setup.token, ...server };
}
