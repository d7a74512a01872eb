/** Markup that is safe to send: built by {@link html}, which escapes everything else. */
export interface Html {
  readonly markup: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

type Part = Html | string | number | null | undefined | false | readonly Part[];

const markupOf = (part: Part): string => {
  if (part === null || part === undefined || part === false) return '';
  if (Array.isArray(part)) return part.map(markupOf).join('');
  return typeof part === 'object' ? (part as Html).markup : escaped(String(part));
};

/** A piece of a page. What is put in is text, and shown as text, unless it is such a piece itself. */
export const html = (strings: TemplateStringsArray, ...parts: Part[]): Html => ({
  markup: strings.reduce((text, string, at) => text + markupOf(parts[at - 1]) + string),
});
