/**
 * Run first by `npm test`: looks for the outside programs that tests run for real. As root on Debian or Ubuntu it installs
 * what is missing; elsewhere it says what is missing, what will be skipped and how to get it. In CI it fails instead.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findPeers, pythonHome } from './support/python.ts';
import { findTool, TOOLS, type Tool } from './support/tool-list.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const missing = (): readonly Tool[] => TOOLS.filter(({ name }) => !findTool(name));
const inCi = /^(1|true)$/i.test(process.env.CI ?? '');

/** Runs a program, quietly unless it fails. */
function runs(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  const ran = spawnSync(program, args, { env, encoding: 'utf8' });
  if (ran.status === 0) return true;
  const why = (ran.stderr || ran.error?.message || '').trim().split('\n').slice(-3).join(' | ');
  say(`    ${program} ${args.join(' ')} failed: ${why}`);
  return false;
}

/** Daemons that come along are not started (RUNLEVEL=1). */
const apt = (...args: readonly string[]): boolean =>
  runs('apt-get', ['-q', '-y', ...args], { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' });

/** The Python packages that tests talk to, in a folder of their own below node_modules; needs no root. */
function installPeers(): void {
  const { folder, requirements } = pythonHome;
  const python = findTool('python3');
  if (!python) return;
  const began = Date.now();
  say('Setting up the Python clients and servers that tests talk to (once, below node_modules) …');
  rmSync(folder, { recursive: true, force: true });
  if (!runs(python, ['-m', 'venv', folder])) return;
  if (!runs(`${folder}/bin/pip`, ['install', '-q', '--no-input', '-r', requirements])) {
    say('  tests with asyncua, tb-mqtt-client and paho will be skipped; `npm test` tries again next time');
    return;
  }
  writeFileSync(`${folder}/complete`, '');
  say(`  done in ${Math.round((Date.now() - began) / 1000)} s`);
}

function install(all: readonly Tool[]): void {
  // Some packages bring several programs.
  const tools = all.filter(({ apt }, n) => all.findIndex((other) => other.apt === apt) === n);
  say(
    `Tests run ${tools.length} programs that are not here yet; installing them with apt-get, which may take some minutes.`,
  );
  say('  reading the package lists …');
  apt('update');
  for (const [n, { apt: name, tests }] of tools.entries()) {
    say(`  ${n + 1} of ${tools.length}: ${name} (${tests}) …`);
    const began = Date.now();
    if (apt('install', '--no-install-recommends', name))
      say(`    done in ${Math.round((Date.now() - began) / 1000)} s`);
  }
}

function report(tools: readonly Tool[]): void {
  say(`${tools.length} outside programs are missing${inCi ? '' : '; these tests will be skipped'}:`);
  for (const { name, tests } of tools) say(`  - ${name}: ${tests}`);
  const packages = [...new Set(tools.map((tool) => tool.apt))];
  say(`On Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}; then \`npm test\` again`);
}

const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
if (mayInstall && missing().length > 0) install(missing());
const left = missing();
if (left.length > 0) report(left);
if (!findPeers() && findTool('python3')) installPeers();
if ((left.length > 0 || !findPeers()) && inCi) {
  say('CI is set, where nothing may be skipped: stopping here.');
  process.exitCode = 1;
}
