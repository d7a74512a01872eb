/** One thing wrong with a catalogue, said so that whoever wrote the file can mend it. */
export interface CatalogueFault {
  /** 1-based line of the file. */
  readonly line: number;
  /** Where in the data: `domains.0.categories.2.items.1.rules.0.limit`. */
  readonly path: string;
  readonly value: unknown;
  readonly zh: string;
  readonly en: string;
  /** The file, where it is not the catalogue itself. */
  readonly file?: string;
  /** The cell of a workbook: `规则!D12`. */
  readonly cell?: string;
}

/** One line for a terminal: where, and what, in both languages. */
export function faultLine({ file, cell, line, path, en, zh }: CatalogueFault): string {
  const where = cell ?? `${file ? `${file} ` : ''}line ${line}`;
  return `  ${where}  ${path}: ${en} / ${zh}`;
}

/** A fault before its line is known. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
  readonly zh: string;
  readonly en: string;
}

/** Where in the file a check stands; it reports relative to that place. */
export interface At {
  readonly path: readonly PropertyKey[];
  fault(step: PropertyKey | null, value: unknown, zh: string, en: string): void;
  into(...steps: PropertyKey[]): At;
}
