import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/**
 * Read-only towards SCADA by construction: what would change anything at an OPC UA server is not named in the code that talks
 * to one (docs/decisions, "Read-only towards SCADA, but for one method").
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Where node-opcua may be loaded, besides what stands for a SCADA system itself. */
const folders = ['gateway', 'cli', 'kit', 'devices', 'ingest', 'rules', 'dashboard/server'];

/** Every way of node-opcua (2.186) to write, command, acknowledge, or make and remove nodes at a server. */
const changing = [
  'write',
  'writeSingleNode',
  'writeValue',
  'writeAttribute',
  'writeNode',
  'writeUAFile',
  'ClientFile',
  'call',
  'callMethod',
  'executeCommand',
  'acknowledgeCondition',
  'confirmCondition',
  'acknowledgeAllConditions',
  'addCommentCondition',
  'enableCondition',
  'disableCondition',
  'historyUpdate',
  'addNodes',
  'addReferences',
  'deleteNodes',
  'deleteReferences',
  'registerNodes',
  'transferSubscriptions',
  'performMessageTransaction',
  'CallMethodRequest',
  'CallRequest',
  'WriteRequest',
  'WriteValue',
  'HistoryUpdateRequest',
  'AddNodesRequest',
  'DeleteNodesRequest',
  'installAlarmMonitoring',
  'UAProxyManager',
];

/** What is allowed, and in which file alone: it asks for the conditions to be told again and changes nothing. */
const allowed = { name: 'callConditionRefresh', file: 'gateway/opcua/condition-events.ts' };

const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => join(root, folder, file)),
);
const opcua = sources
  .map((file) => ({ file: relative(root, file), code: withoutComments(readFileSync(file, 'utf8')) }))
  .filter(({ file, code }) => file.startsWith('gateway/opcua/') || /from 'node-opcua|import\('node-opcua/.test(code));

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** Where a name is used as a member or a call, or taken from the library. */
const uses = (name: string, code: string): boolean =>
  new RegExp(`(\\.|\\?\\.)\\s*${name}\\b|\\['${name}'\\]|\\bnew ${name}\\b`).test(code) || imported(code).has(name);

function imported(code: string): Set<string> {
  const lists = [...code.matchAll(/import\s+(?:type\s+)?\{([^}]*)\}\s+from 'node-opcua[^']*'/g)];
  return new Set(
    lists.flatMap(([, names = '']) =>
      names.split(',').map(
        (name) =>
          name
            .trim()
            .replace(/^type /, '')
            .split(' as ')[0] ?? '',
      ),
    ),
  );
}

describe('the code that talks to OPC UA servers', () => {
  it('is found', () => {
    expect(opcua.map(({ file }) => file)).toEqual(expect.arrayContaining(['gateway/opcua/station-session.ts']));
  });

  it.each(changing)('never names %s', (name) => {
    expect(opcua.filter(({ code }) => uses(name, code)).map(({ file }) => file)).toEqual([]);
  });

  it('names one method, in one place, which changes nothing', () => {
    const methods = opcua.flatMap(({ file, code }) =>
      [...imported(code)].filter((name) => /^call|refresh/i.test(name)).map((name) => ({ name, file })),
    );
    expect(methods).toEqual([allowed]);
  });

  it('takes the library by names alone, never as a whole, where anything could hide', () => {
    const whole = opcua.filter(({ code }) => /import\s+\*|import\s+\w+\s*(,|from 'node-opcua)/.test(code));
    expect(whole.filter(({ code }) => /\*\s+as\s+\w+\s+from 'node-opcua/.test(code)).map(({ file }) => file)).toEqual(
      [],
    );
  });
});
