import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { campaignPolicySchema } from '../contract/campaign-policy.ts';
import { type Supervision, supervisionSchema } from '../contract/supervision.ts';
import { supervisionFaults } from './check-policy.ts';

const file = new URL('../../cities/linglan/supervision.yaml', import.meta.url);
const city = {
  departments: ['harbour', 'streets', 'homes', 'gasworks'].map((id) => ({ id, name: { zh: id, en: id } })),
  areas: ['LB', 'LD', 'LN'].map((code) => ({ code, name: { zh: code, en: code }, urban: false })),
  campaigns: campaignPolicySchema.parse({ kinds: [{ id: 'tide-watch', name: { zh: '潮汐巡看', en: 'Tide watch' } }] }),
};
const policy = supervisionSchema.parse(parse(readFileSync(file, 'utf8')));
const faults = (change: (policy: Supervision) => object) =>
  supervisionFaults({ ...policy, ...change(policy) }, city, ['Q01']);

describe('a city’s supervision', () => {
  it('holds as it stands', () => {
    expect(supervisionFaults(policy, city, ['Q01'])).toEqual([]);
  });

  it.each<[string, (policy: Supervision) => object, RegExp]>([
    ['an office that is no department', () => ({ office: 'moon' }), /no department "moon"/],
    ['a class without weights', () => ({ weights: {} }), /none for class offices/],
    ['weights of no indicator', () => ({ weights: { offices: { shine: 100 } } }), /no indicator "shine"/],
    ['a class twice', ({ classes }) => ({ classes: [...classes, ...classes] }), /class offices is there twice/],
    [
      'a sample visited by a kind of campaign that the city does not have',
      ({ cycles }) => ({ cycles: cycles.map((one) => (one.kind === 'sample' ? { ...one, campaign: 'moon' } : one)) }),
      /no campaign "moon"/,
    ],
    [
      'a review of a cycle that gives no scores',
      ({ cycles }) => ({ cycles: cycles.map((one) => (one.kind === 'review' ? { ...one, of: 'monday' } : one)) }),
      /"monday" gives no scores/,
    ],
  ])('says of %s what is wrong', (_, change, said) => {
    expect(faults(change).join('\n')).toMatch(said);
  });

  it('has weights that add up to 100', () => {
    const wrong = supervisionSchema.safeParse({ ...policy, weights: { offices: { closed: 99 } } });
    expect(wrong.error?.issues[0]?.message).toBe('the weights add up to 100');
  });
});
