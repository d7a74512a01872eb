import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gatewayConfigSchema, readGatewayConfig } from './config.ts';

const page = readFileSync(new URL('../docs/gateway.md', import.meta.url), 'utf8');
const [chinese = '', english = ''] = page.split(/^---$/m);

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly default?: unknown;
}

/** Every key of the file with its shape: `opcua[].nodes[].deadband`, `devices.*.type`. */
function keysOf(shape: Shape, at = ''): [string, Shape][] {
  const below = Object.entries(shape.properties ?? {}).flatMap(([key, value]): [string, Shape][] => {
    const path = at === '' ? key : `${at}.${key}`;
    return [[path, value], ...keysOf(value, path)];
  });
  const others = typeof shape.additionalProperties === 'object' ? keysOf(shape.additionalProperties, `${at}.*`) : [];
  const items = shape.items ? keysOf(shape.items, `${at}[]`) : [];
  return [...below, ...others, ...items, ...(shape.anyOf ?? []).flatMap((one) => keysOf(one, at))];
}

const keys = keysOf(z.toJSONSchema(gatewayConfigSchema, { io: 'input', reused: 'inline' }) as Shape);
/** Key and default of each row of a part's reference. */
const rowsOf = (part: string): Map<string, string> =>
  new Map(
    [...part.matchAll(/^\| `([a-zA-Z[\].*]+)` \|([^|]*)\|/gm)].map(([, key, given]) => [
      key as string,
      (given as string).trim(),
    ]),
  );
/** The first fenced block of a language. */
const fenced = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)?.[1] ?? '';

describe('docs/gateway.md', () => {
  it.each([
    ['Chinese', chinese],
    ['English', english],
  ])('has every key of the file with its default, and no other, in %s', (_, part) => {
    const rows = rowsOf(part);
    expect(keys.length).toBeGreaterThan(60);
    const listed = [...rows.keys()].filter((key) => !['direct', 'relayed', 'silent', 'unclear'].includes(key));
    expect(listed.sort()).toEqual([...new Set(keys.map(([key]) => key))].sort());
    for (const [key, shape] of keys) {
      if (shape.default === undefined) continue;
      const text = typeof shape.default === 'string' ? shape.default : JSON.stringify(shape.default);
      expect.soft(rows.get(key), key).toBe(`\`${text}\``);
    }
  });

  it('shows an example that a gateway takes as it stands, mapping file and all', () => {
    const folder = mkdtempSync(join(tmpdir(), 'yanshao-gateway-doc-'));
    try {
      const mapping = join(folder, 'mapping', 'rtu.csv');
      mkdirSync(dirname(mapping));
      writeFileSync(mapping, fenced('csv'));
      writeFileSync(join(folder, 'gateway.yaml'), fenced('yaml'));
      const config = readGatewayConfig(join(folder, 'gateway.yaml'), { SCADA_PASSWORD: 'a password' });
      expect(config.id).toBe('gw-north');
      expect(config.opcua.map(({ nodes }) => nodes.length)).toEqual([2, 1]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
