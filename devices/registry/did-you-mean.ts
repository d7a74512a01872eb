/**
 * The candidate that `word` most likely stands for: the same but for letter case, or a few typing mistakes away (one, or
 * one in three letters of a longer word). Undefined when nothing is near.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  // Measuring a hostile word against everything would cost its length each time.
  if (word.length === 0 || word.length > 64) return undefined;
  const given = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = mistakes(given, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Letters inserted, dropped or changed to turn `a` into `b`; `limit` when it is that many or more. */
function mistakes(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return Math.min(row[b.length] as number, limit);
}

/** `; did you mean "x"?` in both languages, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): { zh: string; en: string } {
  const meant = didYouMean(word, candidates);
  return meant === undefined ? { zh: '', en: '' } : { zh: `;是否想写 "${meant}"?`, en: `; did you mean "${meant}"?` };
}
