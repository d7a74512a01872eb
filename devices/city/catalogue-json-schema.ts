import { z } from 'zod';
import { catalogueSchema } from '../contract/catalogue.ts';
import { overlaySchema } from '../contract/overlay.ts';

type Schema = Record<string, unknown>;

/**
 * JSON schemas for editors: what may be written in `catalogue.yaml` and in the files under `overlays/`. As written, a `basis` may
 * name an entry under `bases`; what the platform checks has those filled in.
 */
export function editorSchema(of: 'catalogue' | 'overlay'): Schema {
  const schema = of === 'catalogue' ? catalogueSchema : overlaySchema;
  return asWritten(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })) as Schema;
}

/** The file as it is kept beside the cities. */
export const editorSchemaText = (of: 'catalogue' | 'overlay'): string =>
  `${JSON.stringify(editorSchema(of), null, 1)}\n`;

const name = { type: 'string', description: 'an entry under bases' };

function asWritten(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(asWritten);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const written = asWritten(value) as Schema;
      const isBasis = key === 'basis' && written.type === 'array';
      return [key, isBasis ? { anyOf: [name, { ...written, items: { anyOf: [name, written.items] } }] } : written];
    }),
  );
}
