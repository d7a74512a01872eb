import type { Catalogue } from '../contract/catalogue.ts';
import type { Ceiling } from '../contract/ceiling.ts';
import { type Overlay, overlaySchema } from '../contract/overlay.ts';
import type { Standards, StandardsText } from '../contract/standards.ts';
import { deviceTypes } from '../types/registry.ts';
import { crossCheck } from './catalogue-checks.ts';
import type { CatalogueFault, Finding } from './catalogue-fault.ts';
import { ceilingFindings } from './ceilings.ts';
import { setsThatMeet, withOverlays } from './overlays.ts';
import {
  basesOf,
  type ParseOptions,
  parseCatalogue,
  resolveBases,
  shapeFindings,
  yamlFaults,
} from './parse-catalogue.ts';
import { type LinedYaml, linedYaml } from './yaml-lines.ts';

export interface StandardsOptions extends ParseOptions {
  readonly ceilings?: readonly Ceiling[] | undefined;
  /** Area codes of the city; left out, those of overlays are not checked. */
  readonly areas?: readonly string[];
}

export type ParsedStandards = { readonly standards: Standards } | { readonly faults: readonly CatalogueFault[] };

interface Read {
  readonly name: string;
  readonly yaml: LinedYaml;
  readonly overlay: Overlay;
}

/**
 * The standards as a whole, or everything that is wrong with them, each with its file and line: the catalogue alone, and as it
 * stands in every place that overlays make. Nothing takes effect before all of it holds.
 */
export function parseStandards(text: StandardsText, options: StandardsOptions = {}): ParsedStandards {
  const parsed = parseCatalogue(text.catalogue, options);
  if ('faults' in parsed) return parsed;
  const { catalogue, lines } = parsed;
  const faults: CatalogueFault[] = [];
  const ceilings = options.ceilings ?? [];
  const types = options.types ?? deviceTypes;
  faults.push(...ceilingFindings(catalogue, ceilings, types).map((finding) => located(finding, lines)));
  const read = text.overlays.flatMap((file) => readOverlay(file, basesOf(lines.data), options, faults));
  sameIds(read, faults);
  if (faults.length > 0) return { faults };
  for (const overlays of setsThatMeet(read.map(({ overlay }) => overlay))) {
    const together = read.filter(({ overlay }) => overlays.includes(overlay));
    const here = withOverlays(catalogue, overlays);
    const findings = [...here.findings, ...crossCheck(here.catalogue, types, options.departments)];
    findings.push(...ceilingFindings(here.catalogue, ceilings, types));
    for (const finding of findings) faults.push(blamed(finding, together, here.catalogue));
  }
  if (faults.length > 0) return { faults: distinct(faults) };
  return { standards: { catalogue, overlays: read.map(({ overlay }) => overlay) } };
}

function readOverlay(
  { name, text }: { name: string; text: string },
  bases: Readonly<Record<string, unknown>>,
  { areas }: StandardsOptions,
  faults: CatalogueFault[],
): Read[] {
  const yaml = linedYaml(text);
  if (yaml.errors.length > 0) {
    faults.push(...yamlFaults(yaml).map((fault) => ({ ...fault, file: name })));
    return [];
  }
  const findings: Finding[] = [];
  const data = resolveBases(yaml.data, findings, bases);
  const parsed = overlaySchema.safeParse(data);
  if (!parsed.success) findings.push(...shapeFindings(parsed.error, data));
  else findings.push(...unknownAreas(parsed.data, areas));
  faults.push(...findings.map((finding) => located(finding, yaml, name)));
  return parsed.success ? [{ name, yaml, overlay: parsed.data }] : [];
}

const unknownAreas = (overlay: Overlay, areas: readonly string[] | undefined): Finding[] =>
  overlay.areas.flatMap((code, index) =>
    !areas || areas.includes(code)
      ? []
      : [{ path: ['areas', index], value: code, zh: `城市没有区域 ${code}`, en: `the city has no area ${code}` }],
  );

function sameIds(read: readonly Read[], faults: CatalogueFault[]): void {
  const seen = new Set<string>();
  for (const { overlay, yaml, name } of read) {
    const { id } = overlay;
    if (seen.has(id)) {
      const finding = { path: ['id'], value: id, zh: `叠加层 ${id} 重复`, en: `overlay ${id} is there twice` };
      faults.push(located(finding, yaml, name));
    }
    seen.add(id);
  }
}

const located = ({ path, value, zh, en }: Finding, yaml: LinedYaml, file?: string): CatalogueFault => ({
  line: yaml.lineOf(path),
  path: path.join('.'),
  value,
  zh,
  en,
  ...(file !== undefined && { file }),
});

/** A fault of the catalogue under overlays stands where the overlay changed it: the narrowest that speaks of the item. */
function blamed(finding: Finding, together: readonly Read[], catalogue: Catalogue): CatalogueFault {
  const { path } = finding;
  const narrow = together.at(-1)!;
  if (path[0] !== 'domains') {
    const own = together.find(({ yaml }) => yaml.has(path)) ?? narrow;
    return located(finding, own.yaml, own.name);
  }
  const [, d, , c, , i, , r] = path as number[];
  const item = catalogue.domains[d ?? -1]?.categories[c ?? -1]?.items[i ?? -1];
  const rule = item?.rules[r ?? -1];
  for (const { overlay, yaml, name } of [...together].reverse()) {
    const index = overlay.changes.findIndex((one) => ('add' in one ? one.add.code : one.item) === item?.code);
    if (index < 0) continue;
    const steps = ['changes', index, ...(rule ? ['rules', rule.id, ...path.slice(8)] : [])];
    return located({ ...finding, path: steps }, yaml, name);
  }
  return located({ ...finding, path: ['changes'] }, narrow.yaml, narrow.name);
}

function distinct(faults: readonly CatalogueFault[]): CatalogueFault[] {
  const seen = new Map(faults.map((fault) => [`${fault.file} ${fault.line} ${fault.en}`, fault]));
  return [...seen.values()];
}
