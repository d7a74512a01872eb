import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CampaignDraft, Visit, VisitFinding, VisitPersonStep } from '../../devices/contract/campaign.ts';
import { campaignPolicySchema } from '../../devices/contract/campaign-policy.ts';
import type { Actor } from '../../devices/contract/command.ts';
import { hazardPolicySchema } from '../../devices/contract/hazard-policy.ts';
import { type Site, siteSchema } from '../../devices/contract/registry.ts';
import { benchCatalogue, benchCity, engineBench, momentOf } from '../engine/engine-bench.ts';
import { type Candidate, drawPlaces } from './draw.ts';

const both = (text: string) => ({ zh: text, en: text });
const city = {
  ...benchCity,
  areas: ['000001', '000002'].map((code) => ({ code, name: both(code), urban: true })),
  hazards: hazardPolicySchema.parse({ kinds: [{ id: 'hose', name: both('hose'), grade: 'general' }] }),
  campaigns: campaignPolicySchema.parse({
    kinds: [
      { id: 'secret', name: both('四不两直'), unannounced: true, windows: [['09:00', '11:00']] },
      {
        id: 'ends',
        name: both('晨钟暮鼓'),
        everyWindow: true,
        windows: [
          ['07:00', '09:00'],
          ['17:00', '19:00'],
        ],
      },
      {
        id: 'doors',
        name: both('敲门行动'),
        attempts: 2,
        againAfterH: 24,
        checklist: [{ text: both('hose'), record: 'choice', choices: [both('good'), both('old')] }],
      },
    ],
  }),
};

const who = {
  lin: { id: 'lin', name: 'lin', via: 'page', role: 'supervisor' },
  qiu: { id: 'qiu', name: 'qiu', via: 'page', role: 'inspector' },
  other: { id: 'tan', name: 'tan', via: 'page', role: 'inspector' },
  duty: { id: 'mira', name: 'mira', via: 'page', role: 'duty' },
} as const satisfies Record<string, Actor>;

const site = (id: string, area: string, more: Partial<Site> = {}): Site =>
  siteSchema.parse({ id, kind: 'restaurant', name: id, lon: 112.6, lat: 26.9, area, ...more });
const sites = [
  ...Array.from({ length: 6 }, (_, i) => site(`e${i}`, '000001')),
  ...Array.from({ length: 3 }, (_, i) => site(`w${i}`, '000002')),
  site('school', '000001', { kind: 'school' }),
];

const version = { seq: 1, from: 0, to: null, catalogue: benchCatalogue, overlays: [] };

function town() {
  const bench = engineBench({ devices: [], sites }, '06:00', { city, standards: [version] });
  const visits = (): Visit[] => bench.visits();
  return {
    bench,
    visits,
    begins(draft: Partial<CampaignDraft>, actor: Actor = who.lin): string | null {
      const whole = { kind: 'secret', name: '冬季检查', from: momentOf('08:00'), to: momentOf('+2 20:00'), ...draft };
      return bench.asks('06:00', { type: 'campaign.begin', draft: whole }, actor).refused[0]?.code ?? null;
    },
    does(time: string, step: VisitPersonStep, visit: Visit = visits()[0]!, actor: Actor = who.qiu): string | null {
      return bench.asks(time, { type: 'visit.step', visit: visit.id, step }, actor).refused[0]?.code ?? null;
    },
    of: (id: string): Visit => visits().find((visit) => visit.id === id)!,
  };
}

describe('the lot', () => {
  it('takes so many of each area, and anybody who knows the seed draws the same places', () => {
    const t = town();
    expect(
      t.begins({ siteKinds: ['restaurant'], draw: { perArea: 2, seed: '2026-11-23 stock index 3,412.55' } }),
    ).toBeNull();
    const byHand = (ids: string[]) =>
      ids
        .map((id) => [createHash('sha256').update(`2026-11-23 stock index 3,412.55/${id}`).digest('hex'), id] as const)
        .sort()
        .slice(0, 2)
        .map(([, id]) => id);
    const wanted = [...byHand(['e0', 'e1', 'e2', 'e3', 'e4', 'e5']), ...byHand(['w0', 'w1', 'w2'])];
    expect(t.visits().map((visit) => visit.site)).toEqual(wanted);
    const [campaign] = t.bench.campaigns();
    expect(campaign?.draw?.areas).toMatchObject([
      { area: '000001', candidates: 6, drawn: 2 },
      { area: '000002', candidates: 3, drawn: 2 },
    ]);
    expect(campaign?.draw?.commitment).toBe(
      createHash('sha256').update('2026-11-23 stock index 3,412.55').digest('hex'),
    );
  });

  it('does not depend on the order of the register, passes no area over, and takes nobody twice', () => {
    const places = fc.uniqueArray(fc.record({ key: fc.string(), area: fc.constantFrom('a', 'b', null) }), {
      selector: ({ key }) => key,
      maxLength: 40,
    });
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 5 }), fc.string({ minLength: 8 }), (some, perArea, seed) => {
        const pool = some.map((one): Candidate => ({ ...one, site: null, name: '', lon: 0, lat: 0, address: null }));
        const drawn = drawPlaces({ seed, perArea }, pool);
        expect(drawPlaces({ seed, perArea }, [...pool].reverse())).toEqual(drawn);
        expect(new Set(drawn.chosen.map(({ key }) => key)).size).toBe(drawn.chosen.length);
        for (const { area, candidates, drawn: taken } of drawn.areas) {
          expect(candidates).toBe(pool.filter((one) => one.area === area).length);
          expect(taken).toBe(Math.min(candidates, perArea));
        }
      }),
    );
  });

  it.each([
    ['nobody in scope', { siteKinds: ['plant'] }, 'nobody-to-visit'],
    ['an area that the city does not have', { areas: ['9'] }, 'unknown-area'],
    ['a site that is not registered', { sites: ['nowhere'] }, 'unknown-site'],
    ['a kind that the city does not have', { kind: 'x' }, 'unknown-kind'],
    ['no whole window between its beginning and its end', { to: momentOf('10:00') }, 'no-window'],
    ['an end that has passed', { from: momentOf('01:00'), to: momentOf('02:00') }, 'campaign-over'],
  ])('a campaign with %s is refused', (_, draft, code) => {
    expect(town().begins(draft)).toBe(code);
  });

  it('a campaign is begun by a supervisor, not by who makes its visits', () => {
    expect(town().begins({}, who.qiu)).toBe('not-your-role');
  });
});

describe('an unannounced visit', () => {
  it('is made in its window only; a phone off the network may send it later', () => {
    const t = town();
    t.begins({ sites: ['e0'], to: momentOf('20:00') });
    expect(t.visits()[0]).toMatchObject({ opensAt: momentOf('09:00'), closesAt: momentOf('11:00') });
    expect(t.does('08:30', { kind: 'start' })).toBe('not-open-yet');
    expect(t.does('09:05', { kind: 'start' })).toBeNull();
    expect(t.does('12:00', { kind: 'done', answers: [] })).toBe('too-late');
    expect(t.does('12:01', { kind: 'done', answers: [], doneAt: momentOf('10:40') })).toBeNull();
    expect(t.visits()[0]).toMatchObject({ stage: 'done', endedAt: momentOf('10:40'), by: { id: 'qiu' } });
  });

  it('that nobody made is missed once its grace is over, and the campaign ends with it', () => {
    const t = town();
    t.begins({ sites: ['e0'], to: momentOf('20:00') });
    t.bench.passes('+1 11:01');
    expect(t.visits()[0]).toMatchObject({ stage: 'missed' });
    t.bench.passes('+1 20:01');
    expect(t.bench.campaigns()).toMatchObject([{ stage: 'ended' }]);
  });

  it('belongs to whoever began it until he hands it back', () => {
    const t = town();
    t.begins({ sites: ['e0'] });
    const { opensAt } = t.visits()[0]!;
    const day = Math.floor((opensAt - momentOf('00:00')) / 86_400_000);
    t.does(`+${day} 09:05`, { kind: 'start' });
    expect(t.does(`+${day} 09:06`, { kind: 'done', answers: [] }, t.visits()[0], who.other)).toBe('not-yours');
    expect(t.does(`+${day} 09:07`, { kind: 'hand-back', reason: '另有任务' })).toBeNull();
    expect(t.does(`+${day} 09:08`, { kind: 'start' }, t.visits()[0], who.other)).toBeNull();
    expect(t.does(`+${day} 09:09`, { kind: 'start' }, t.visits()[0], who.duty)).toBe('not-your-role');
  });
});

describe('both ends of the day', () => {
  it('each place is visited in the morning and in the evening of one day', () => {
    const t = town();
    t.begins({ kind: 'ends', sites: ['e0', 'w0'], from: momentOf('06:30'), to: momentOf('+3 00:00') });
    for (const id of ['e0', 'w0']) {
      const [morning, evening] = t.visits().filter((visit) => visit.site === id);
      expect(evening!.opensAt - morning!.opensAt).toBe(10 * 3_600_000);
    }
    expect(t.visits()).toHaveLength(4);
  });
});

describe('door to door', () => {
  const doors = () => {
    const t = town();
    t.begins({ kind: 'doors', sites: ['e0', 'e1', 'e2'], to: momentOf('+4 20:00') });
    return t;
  };
  it('nobody at home: somebody comes again after a day, and twice is unreached', () => {
    const t = doors();
    const [first] = t.visits();
    expect(t.does('09:00', { kind: 'nobody-home' }, first)).toBeNull();
    expect(t.of(first!.id)).toMatchObject({ stage: 'again', againAt: momentOf('+1 09:00'), rings: 1 });
    expect(t.does('12:00', { kind: 'nobody-home' }, first)).toBe('not-again-yet');
    expect(t.does('+1 09:30', { kind: 'nobody-home' }, first)).toBeNull();
    expect(t.of(first!.id)).toMatchObject({ stage: 'unreached', rings: 2 });
  });

  it('not let in: it ends with the reason', () => {
    const t = doors();
    t.does('09:00', { kind: 'refused', reason: '住户拒绝' });
    expect(t.visits()[0]).toMatchObject({ stage: 'refused' });
    expect(t.bench.visitSteps.at(-1)).toMatchObject({ kind: 'refused', more: { reason: '住户拒绝' } });
  });

  it('is done when every step of the checklist has its record', () => {
    const t = doors();
    t.does('09:00', { kind: 'start' });
    expect(t.does('09:01', { kind: 'done', answers: [] })).toBe('step-needs');
    expect(t.does('09:02', { kind: 'done', answers: [{ step: 0, choice: 7 }] })).toBe('step-needs');
    expect(t.does('09:03', { kind: 'done', answers: [{ step: 0, choice: 1 }] })).toBeNull();
  });

  it('what is found becomes a hazard or a ticket by the same command, at the place of the visit', () => {
    const t = doors();
    t.does('09:00', { kind: 'start' });
    const hazard: VisitFinding = {
      as: 'hazard',
      kind: 'hose',
      text: '软管老化',
      photos: ['a'.repeat(64)],
      separate: false,
    };
    expect(t.does('09:05', { kind: 'finding', finding: hazard })).toBeNull();
    const ticket: VisitFinding = { as: 'ticket', item: 'C04-02', text: '门口垃圾桶已满', photos: [] };
    expect(t.does('09:06', { kind: 'finding', finding: ticket })).toBeNull();
    expect(t.bench.hazards()).toMatchObject([
      { source: 'visit', site: 'e0', area: '000001', visit: t.visits()[0]!.id, grade: { id: 'general' } },
    ]);
    expect(t.bench.tickets()).toMatchObject([{ site: 'e0', clause: { item: 'C04-02' } }]);
    expect(t.visits()[0]!.findings.map(({ as }) => as)).toEqual(['hazard', 'ticket']);
  });

  it('a finding that is refused changes nothing', () => {
    const t = doors();
    t.does('09:00', { kind: 'start' });
    const before = t.bench.visitSteps.length;
    const finding: VisitFinding = { as: 'hazard', kind: 'nonsense', text: '软管老化', photos: [], separate: false };
    expect(t.does('09:05', { kind: 'finding', finding })).toBe('unknown-kind');
    expect(t.bench.visitSteps).toHaveLength(before);
    expect(t.visits()[0]!.findings).toEqual([]);
  });
});

describe('a restart', () => {
  it('in the middle of a campaign changes nothing', () => {
    const t = town();
    t.begins({ kind: 'doors', sites: ['e0', 'e1'], to: momentOf('20:00') });
    const restarts = () => t.bench.restarts(t.bench.keeps());
    restarts();
    t.does('09:00', { kind: 'start' });
    restarts();
    expect(t.does('09:05', { kind: 'done', answers: [{ step: 0, skipped: '未用气' }] })).toBeNull();
    restarts();
    t.bench.passes('+1 20:01');
    expect(t.visits().map(({ stage }) => stage)).toEqual(['done', 'missed']);
    expect(new Set(t.bench.visitSteps.map(({ seq }) => seq)).size).toBe(t.bench.visitSteps.length);
  });
});
