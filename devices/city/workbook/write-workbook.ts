import ExcelJS from 'exceljs';
import { parse } from 'yaml';
import type { Catalogue } from '../../contract/catalogue.ts';
import type { StandardsText } from '../../contract/standards.ts';
import {
  type Column,
  catalogueColumns,
  categoryColumns,
  domainColumns,
  itemColumns,
  overlayColumns,
  REST,
  ruleColumns,
  sheets,
  stepColumns,
} from './columns.ts';
import { type Cell, toRow } from './records.ts';

type Json = Record<string, unknown>;

/** The standards as a workbook with a sheet for each kind of record. Whoever reads it back has the same standards. */
export async function writeWorkbook(text: StandardsText): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook();
  const { domains, procedures = {}, ...top } = parse(text.catalogue) as Catalogue;
  const categories = domains.flatMap((domain) => domain.categories.map((category) => ({ domain, category })));
  const items = categories.flatMap(({ category }) => category.items.map((item) => ({ category, item })));
  const own = ({ categories: _, ...domain }: Json) => domain;
  const bare = ({ items: _, ...category }: Json) => category;
  const plain = ({ rules: _, ...item }: Json) => item;
  add(book, sheets.catalogue, catalogueColumns, [toRow(catalogueColumns, top)]);
  add(
    book,
    sheets.domains,
    domainColumns,
    domains.map((domain) => toRow(domainColumns, own(domain))),
  );
  add(
    book,
    sheets.categories,
    categoryColumns,
    categories.map(({ category }) => toRow(categoryColumns, bare(category))),
    {
      title: '领域编码',
      values: categories.map(({ domain }) => domain.code),
    },
  );
  add(
    book,
    sheets.items,
    itemColumns,
    items.map(({ item }) => toRow(itemColumns, plain(item))),
    {
      title: '大类编码',
      values: items.map(({ category }) => category.code),
    },
  );
  const rules = items.flatMap(({ item }) => item.rules.map((rule) => ({ item, rule })));
  add(
    book,
    sheets.rules,
    ruleColumns,
    rules.map(({ rule }) => toRow(ruleColumns, rule)),
    {
      title: '项目编码',
      values: rules.map(({ item }) => item.code),
    },
  );
  const steps = Object.entries(procedures).flatMap(([procedure, { steps: all, ...head }]) =>
    all.map((step) => toRow(stepColumns, { procedure, ...head, step })),
  );
  add(book, sheets.procedures, stepColumns, steps);
  const overlays = text.overlays.map(({ name, text: yaml }) => toRow(overlayColumns, { file: name, ...parse(yaml) }));
  add(book, sheets.overlays, overlayColumns, overlays);
  return new Uint8Array(await book.xlsx.writeBuffer());
}

function add(
  book: ExcelJS.Workbook,
  name: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  parent?: { readonly title: string; readonly values: readonly string[] },
): void {
  const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  const titles = [...(parent ? [parent.title] : []), ...columns.map(({ title }) => title), REST];
  sheet.addRow(titles).font = { bold: true };
  rows.forEach((row, index) => {
    sheet.addRow([...(parent ? [parent.values[index]!] : []), ...row]);
  });
  titles.forEach((title, index) => {
    sheet.getColumn(index + 1).width = Math.max(10, Math.min(40, title.length * 3));
  });
}
