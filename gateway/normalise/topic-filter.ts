/** Whether a topic matches an MQTT filter. */
export function filterMatches(filter: string, topic: string): boolean {
  const levels = filter.split('/');
  const named = topic.split('/');
  // MQTT-4.7.2-1: a wildcard in first place does not match the broker's own topics.
  if (topic.startsWith('$') && (levels[0] === '#' || levels[0] === '+')) return false;
  for (const [i, level] of levels.entries()) {
    // `sport/#` matches `sport` too (§4.7.1.2).
    if (level === '#') return true;
    if (named[i] === undefined || (level !== '+' && level !== named[i])) return false;
  }
  return levels.length === named.length;
}

/** What is wrong with a filter, or undefined. `deviceLevel` is the level that names the device, where one does. */
export function filterFault(filter: string, deviceLevel?: number): string | undefined {
  const levels = filter.split('/');
  if (levels[0] === '$share') return 'a shared subscription would take messages from one reader each: name the topics';
  for (const [i, level] of levels.entries()) {
    if (level === '#' && i < levels.length - 1) return '# stands for everything below and can only be the last level';
    if (level.length > 1 && /[+#]/.test(level))
      return `"${level}" mixes a wildcard with text: a wildcard is a level of its own`;
  }
  if (deviceLevel === undefined || levels.at(-1) === '#' || deviceLevel < levels.length) return undefined;
  return `device: ${deviceLevel} names the device by level ${deviceLevel}, but "${filter}" has levels 0 to ${levels.length - 1}`;
}
