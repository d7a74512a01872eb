import { isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { Refusal, RuleEdit } from '../contract/command.ts';
import type { StandardsText } from '../contract/standards.ts';

export type Edited = { readonly text: StandardsText } | { readonly refused: Refusal };

/** Other figures for one rule, in the catalogue or in one overlay. Everything else stays as its author wrote it, byte for byte. */
export function editStandards(
  text: StandardsText,
  { item, rule, set, overlay }: { item: string; rule: string; set: RuleEdit; overlay?: string | undefined },
): Edited {
  if (overlay === undefined) {
    const catalogue = editRule(text.catalogue, item, rule, set);
    return catalogue === undefined ? { refused: noRule(item, rule) } : { text: { ...text, catalogue } };
  }
  const found = text.overlays.find((file) => parseDocument(file.text).get('id') === overlay);
  if (!found) return { refused: noOverlay(overlay) };
  const changed = { ...found, text: editOverlay(found.text, item, rule, set) };
  return { text: { ...text, overlays: text.overlays.map((file) => (file === found ? changed : file)) } };
}

/** A catalogue under another version name: one line changes. */
export function withVersion(catalogue: string, version: string): string {
  const root = parseDocument(catalogue).contents;
  const pair = isMap(root) ? pairOf(root, 'version') : undefined;
  return pair ? patched(catalogue, pair, JSON.stringify(version)) : catalogue;
}

/** One rule of a catalogue with other figures; undefined where it has no such rule. Only the lines that change do. */
export function editRule(catalogue: string, item: string, rule: string, set: RuleEdit): string | undefined {
  let text = catalogue;
  for (const [key, value] of Object.entries(set)) {
    if (value === undefined) continue;
    // Each patch moves what stands behind it, so that it is looked up anew.
    const at = ruleNode(text, item, rule);
    if (!at) return undefined;
    text = patchKey(text, at, key, value);
  }
  return text;
}

function patchKey(text: string, rule: YAMLMap, key: string, value: unknown): string {
  const pair = pairOf(rule, key);
  if (value === null) return pair ? withoutPair(text, rule, pair) : text;
  if (pair) return patched(text, pair, flow(value));
  const last = pairOf(rule, 'limit') ?? (rule.items.at(-1) as Pair);
  const [, end] = rangeOf(text, last.value as Node);
  if (rule.flow) return `${text.slice(0, end)}, ${key}: ${flow(value)}${text.slice(end)}`;
  const start = (last.key as Node).range![0];
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  return `${text.slice(0, end)}\n${indent}${key}: ${flow(value)}${text.slice(end)}`;
}

/** Replaces a value where it stands; what follows on its line, a comment too, stays. */
function patched(text: string, pair: Pair, value: string): string {
  const [start, end] = rangeOf(text, pair.value as Node);
  // A value in lines of its own moves up beside its key.
  const from = text.slice(0, start).trimEnd().endsWith(':') ? text.slice(0, start).trimEnd() : text.slice(0, start);
  return `${from}${from.endsWith(':') ? ' ' : ''}${value}${text.slice(end)}`;
}

/** Where a value begins and ends; the end of a block does not reach into the next line. */
function rangeOf(text: string, node: Node): [number, number] {
  const [start, end] = node.range!;
  return [start, start + text.slice(start, end).trimEnd().length];
}

function withoutPair(text: string, rule: YAMLMap, pair: Pair): string {
  const start = (pair.key as Node).range![0];
  const [, end] = rangeOf(text, pair.value as Node);
  if (rule.flow) return text.slice(0, start).replace(/,\s*$/, '') + text.slice(end);
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const lineEnd = text.indexOf('\n', end);
  return text.slice(0, lineStart) + (lineEnd < 0 ? '' : text.slice(lineEnd + 1));
}

const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', singleQuote: true, lineWidth: 0 }).trimEnd();

function ruleNode(text: string, item: string, rule: string): YAMLMap | undefined {
  const inItem = mapsWith(parseDocument(text).contents, 'code', item)[0];
  const rules = inItem && pairOf(inItem, 'rules')?.value;
  return isSeq(rules) ? rules.items.find((one): one is YAMLMap => isMap(one) && one.get('id') === rule) : undefined;
}

/** Every map below a node whose `key` is `value`. */
function mapsWith(node: unknown, key: string, value: string): YAMLMap[] {
  if (isMap(node)) {
    const own = node.get(key) === value ? [node as YAMLMap] : [];
    return [...own, ...node.items.flatMap((pair) => mapsWith(pair.value, key, value))];
  }
  return isSeq(node) ? node.items.flatMap((one) => mapsWith(one, key, value)) : [];
}

const pairOf = (map: YAMLMap, key: string): Pair | undefined =>
  map.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === key);

/** An overlay says only what is otherwise: the rule may not be named in it yet. */
function editOverlay(text: string, item: string, rule: string, set: RuleEdit): string {
  const document = parseDocument(text);
  const changes = document.get('changes');
  const known = isSeq(changes) ? changes.items.findIndex((one) => isMap(one) && one.get('item') === item) : -1;
  const index = known >= 0 ? known : isSeq(changes) ? changes.items.length : 0;
  if (known < 0) document.setIn(['changes', index], document.createNode({ item, rules: { [rule]: {} } }));
  for (const [key, value] of Object.entries(set)) {
    const path = ['changes', index, 'rules', rule, key];
    if (value === null) document.deleteIn(path);
    else if (value !== undefined) document.setIn(path, document.createNode(value, { flow: true }));
  }
  return document.toString({ lineWidth: 0 });
}

const noRule = (item: string, rule: string): Refusal => ({
  code: 'unknown-rule',
  zh: `标准中没有规则 ${item}.${rule}：请先用 yanshao standards show 查看编码`,
  en: `the standards have no rule ${item}.${rule}: look its code up with \`yanshao standards show\``,
});

const noOverlay = (id: string): Refusal => ({
  code: 'unknown-overlay',
  zh: `没有叠加层 ${id}`,
  en: `there is no overlay ${id}`,
});
