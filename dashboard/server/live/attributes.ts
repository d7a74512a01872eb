/** Most names that are shown of one device, and the longest value, in characters of JSON. */
const mostNames = 64;
const longestValue = 1000;

type Attributes = Readonly<Record<string, unknown>>;

/**
 * What a device says of itself, with its news. It is shown, not judged, and a device may send anything: a value that is
 * too long is cut and says so, of too many names the newest stay. The journal has all of it.
 */
export function mergedAttributes(held: Attributes, news: Attributes): Attributes {
  const merged: [string, unknown][] = Object.entries(held).filter(([name]) => !Object.hasOwn(news, name));
  for (const [name, value] of Object.entries(news)) merged.push([name, shortened(value)]);
  return Object.fromEntries(merged.slice(-mostNames));
}

function shortened(value: unknown): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text === undefined || text.length <= longestValue) return value;
  return `${text.slice(0, longestValue)}… (${text.length})`;
}
