/** Keys by what is to be written for them: a thousand that went in one message are one statement, and alarms do not wait behind it. */
export function alike<T, C extends object>(all: readonly T[], of: (one: T) => readonly [C, string]): [C, string[]][] {
  const groups = new Map<string, [C, string[]]>();
  for (const one of all) {
    const [columns, key] = of(one);
    const text = JSON.stringify(columns);
    const group = groups.get(text);
    if (group) group[1].push(key);
    else groups.set(text, [columns, [key]]);
  }
  return [...groups.values()];
}
