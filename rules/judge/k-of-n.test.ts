import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Verdict, verdict } from './compare.ts';
import { abnormalOf, type Samples, verdictOfSamples, withSample } from './k-of-n.ts';

const words: Readonly<Record<string, Verdict>> = {
  a: verdict.abnormal,
  n: verdict.normal,
  b: verdict.between,
  u: verdict.unsure,
};
const names = Object.fromEntries(Object.entries(verdict).map(([name, value]) => [value, name]));

/** What samples say one after another: `a` abnormal, `n` normal, `b` within the deadband, `u` bad. */
function said(samples: Samples, text: string): string | undefined {
  let bits = 0;
  let last: Verdict = verdict.normal;
  for (const letter of text) {
    bits = withSample(bits, words[letter]!, samples);
    last = verdictOfSamples(bits, words[letter]!, samples);
  }
  return names[last];
}

describe('three of ten samples', () => {
  const threeOfTen = { k: 3, of: 10 };
  it.each([
    ['aa', 'between', 'two are not enough'],
    ['aaa', 'abnormal', 'three in a row are'],
    ['annannna', 'abnormal', 'and so are three among eight'],
    ['annnnannnnna', 'between', 'but not where the first has left'],
    ['aaan', 'abnormal', 'one normal sample does not return what three still say'],
    ['aaannnnnnnn', 'normal', 'it returns once fewer than three are left and the newest is normal'],
    ['aaannnnnnnnb', 'between', 'but not while the newest is within the deadband'],
    ['aaauuuuuuuuuuuu', 'unsure', 'bad samples push nothing out, and return nothing'],
    ['auuuuuuuuuuuaa', 'abnormal', 'and take no place among those that count'],
  ])('%s is %s: %s', (text, shown) => {
    expect(said(threeOfTen, text)).toBe(shown);
  });
});

describe('k of n samples', () => {
  it('say what a plain list of the last n says, for any k, n and order', () => {
    const letters = fc.array(fc.constantFrom('a', 'n', 'b', 'u'), { maxLength: 120 });
    const bounds = fc
      .tuple(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 32 }))
      .map(([x, y]) => ({ k: Math.min(x, y), of: Math.max(x, y) }));
    fc.assert(
      fc.property(bounds, letters, (samples, sequence) => {
        let bits = 0;
        const list: string[] = [];
        for (const letter of sequence) {
          bits = withSample(bits, words[letter]!, samples);
          if (letter !== 'u') list.push(letter);
          const count = list.slice(-samples.of).filter((one) => one === 'a').length;
          expect(abnormalOf(bits)).toBe(count);
          const found = verdictOfSamples(bits, words[letter]!, samples);
          expect(found === verdict.abnormal).toBe(letter !== 'u' && count >= samples.k);
          expect(found === verdict.normal).toBe(letter === 'n' && count < samples.k);
        }
      }),
    );
  });
});
