import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every file of the project that git knows or would know, relative to the root. */
export function projectFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return list.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
}

/** TypeScript and TSX sources, tests included. */
export const sourceFiles = (): string[] => projectFiles().filter((file) => /\.tsx?$/.test(file));

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Project files that `file` imports, types included, relative to the root. */
export function importsOf(file: string): string[] {
  const text = read(file);
  const found = text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+|new URL\(\s*)['"](\.{1,2}\/[^'"?]+)/g);
  return [...found]
    .map(([, target]) => normalize(join(dirname(file), target as string)))
    .filter((target) => /\.tsx?$/.test(target));
}
