import { describe, expect, it } from 'vitest';
import { importsOf, sourceFiles } from '../support/sources.ts';

const processes = ['gateway', 'ingest', 'rules', 'dashboard', 'simulators'];
/** What each folder may import beside itself. `main.ts`, `cli/`, `bench/` and `test/` may import anything. */
const mayImport: Record<string, readonly string[]> = {
  kit: [],
  devices: ['kit'],
  ...Object.fromEntries(processes.map((name) => [name, ['devices', 'kit']])),
};
/** Pure code that the gateway may use to alarm locally (design.md). */
const pure = 'rules/judge/';
/** Test files may set up a real peer with what `test/support` offers. */
const supports = 'test/support/';

const folderOf = (file: string) => file.split('/')[0] as string;
const isTest = (file: string) => /\.test\.tsx?$/.test(file);

function violations(): string[] {
  return sourceFiles().flatMap((file) => {
    const allowed = mayImport[folderOf(file)];
    if (!allowed) return [];
    return importsOf(file)
      .filter((target) => {
        const folder = folderOf(target);
        if (folder === folderOf(file) || allowed.includes(folder)) return false;
        if (folderOf(file) === 'gateway' && target.startsWith(pure)) return false;
        return !(isTest(file) && target.startsWith(supports));
      })
      .map((target) => `${file} imports ${target}`);
  });
}

/** Files on a cycle of imports, as a readable path; empty when there is none. */
function firstCycle(): string[] {
  const files = sourceFiles();
  const known = new Set(files);
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    if (state.get(file) === 'done') return [];
    if (state.get(file) === 'open') return [...path.slice(path.indexOf(file)), file];
    state.set(file, 'open');
    path.push(file);
    for (const target of importsOf(file)) {
      if (!known.has(target)) continue;
      const cycle = visit(target);
      if (cycle.length > 0) return cycle;
    }
    path.pop();
    state.set(file, 'done');
    return [];
  };
  for (const file of files) {
    const cycle = visit(file);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe('imports', () => {
  it('see the sources at all', () => {
    expect(sourceFiles().length).toBeGreaterThan(50);
    expect(importsOf('kit/journal/memory/memory-journal.ts')).toContain('kit/journal/journal.ts');
  });
  it('form a star: a process folder imports devices/ and kit/ only', () => {
    expect(violations()).toEqual([]);
  });
  it('have no cycle', () => {
    expect(firstCycle()).toEqual([]);
  });
  it('keep rules/judge pure: nothing of Node, no clock, no store', () => {
    const impure = sourceFiles()
      .filter((file) => file.startsWith(pure) && !isTest(file))
      .flatMap((file) =>
        importsOf(file).filter(
          (target) =>
            !target.startsWith(pure) && !target.startsWith('devices/') && target !== 'kit/telemetry/telemetry-store.ts',
        ),
      );
    expect(impure).toEqual([]);
  });
});
