import { type Document, isMap, isNode, isPair, isSeq, LineCounter, parseDocument } from 'yaml';

/** A YAML text as plain data, with the way back from a path in the data to a line of the text. */
export interface LinedYaml {
  readonly data: unknown;
  /** 1-based line of the deepest part of `path` that exists in the text. */
  lineOf(path: readonly PropertyKey[]): number;
  /** True when the whole of `path` exists in the text. */
  has(path: readonly PropertyKey[]): boolean;
  /** What keeps the text from being YAML, or from being unambiguous. */
  readonly errors: readonly { readonly line: number; readonly message: string }[];
}

/** Parses `text`, never throwing: what is wrong with it is in `errors`. */
export function linedYaml(text: string): LinedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const errors = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    message: error.message.split('\n')[0] ?? error.message,
  }));
  return {
    data: errors.length > 0 ? undefined : document.toJS(),
    lineOf: (path) => lines.linePos(offsetOf(document, path)).line,
    has: (path) => document.hasIn(path),
    errors,
  };
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(isNode(item.key) ? item.key.toJSON() : item.key) === String(step));
      if (!isPair(pair)) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);
