#!/usr/bin/env node
// Plain JavaScript that any Node reads: it finds a Node that runs TypeScript as it is, or says what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const goodEnough = major > 22 || (major === 22 && minor >= 18);
const root = new URL('..', import.meta.url);
const compiled = fileURLToPath(new URL('node_modules/.cache/yanshao', root));

// A gateway runs on small machines: memory before speed. What is set here counts only from the start of a process, so this one
// becomes another in its place (Node 22 cannot: there a gateway takes some 80 MB more).
if (goodEnough && process.argv[2] === 'gateway' && process.env.NODE_YANSHAO_SMALL !== '1' && process.execve) {
  const flags = ['--max-semi-space-size=1', '--optimize-for-size', ...process.execArgv];
  process.execve(
    process.execPath,
    [process.execPath, ...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    {
      // Compiled once: neither the stripper of types nor the compiler stays in memory.
      NODE_COMPILE_CACHE: compiled,
      MALLOC_ARENA_MAX: '2',
      MALLOC_TRIM_THRESHOLD_: '65536',
      MALLOC_MMAP_THRESHOLD_: '65536',
      ...process.env,
      NODE_YANSHAO_SMALL: '1',
    },
  );
}

if (goodEnough) {
  // Types are stripped and code is compiled once: a start after a power cut does neither again.
  module.enableCompileCache?.(compiled);
  await import(new URL('cli/yanshao.ts', root).href);
} else {
  const pinned = fileURLToPath(new URL(`node_modules/node-${process.platform}-${process.arch}/bin/node`, root));
  if (!existsSync(pinned)) {
    console.error(
      `雁哨需要 Node 22.18 或更新的版本，现在是 ${process.versions.node}；在本目录运行 npm ci 会带来合适的版本（Linux x64、arm64）。\n` +
        `Yanshao needs Node 22.18 or newer, this is ${process.versions.node}: \`npm ci\` in this folder brings one on Linux x64 and arm64; elsewhere install it.`,
    );
    process.exit(1);
  }
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
