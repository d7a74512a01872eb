import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendResult } from './channel.ts';
import { by, notice, person } from './notice-bench.ts';
import { outboxBench } from './outbox-bench.ts';

/** What happens, one after another. */
type Step =
  | { readonly do: 'write'; readonly which: number }
  | { readonly do: 'act'; readonly which: number }
  | { readonly do: 'receipt'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'kill'; readonly inTheMiddle: boolean };

const which = fc.nat(4);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('act' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('receipt' as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1000, max: 90_000 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('kill' as const), inTheMiddle: fc.boolean() }) },
);
const outcome: fc.Arbitrary<SendResult> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<SendResult>({ kind: 'sent' }) },
  fc.constant<SendResult>({ kind: 'refused', reason: 'no', whose: 'address' }),
  fc.record({ kind: fc.constant('trouble' as const), reason: fc.constant('500'), uncertain: fc.boolean() }),
  fc.constant<SendResult>({ kind: 'limited', reason: 'often', afterMs: 20_000 }),
);

describe('the outbox, whatever happens', () => {
  it('loses no notice and sends no step twice, but for what it cannot know, and that it says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 14 }),
        fc.array(outcome, { minLength: 1, maxLength: 12 }),
        async (steps, outcomes) => {
          const b = await outboxBench();
          let dying = false;
          let sends = 0;
          /** What the far side has seen: each step, and whether an earlier attempt of it may have arrived unknown to us. */
          const arrived = new Map<string, { unknown: boolean }>();
          const repeats: string[] = [];
          for (const channel of [b.memory.page, b.memory.sms]) {
            channel.answers((message) => {
              const result = outcomes[sends++ % outcomes.length]!;
              const reaches = result.kind === 'sent' || (result.kind === 'trouble' && result.uncertain);
              for (const { delivery } of message.carries) {
                const before = arrived.get(delivery);
                // Only what may have arrived without our knowledge goes again, and says so.
                if (before && !(before.unknown && message.mayRepeat)) repeats.push(delivery);
                if (reaches) arrived.set(delivery, { unknown: dying || result.kind !== 'sent' });
              }
              return dying ? new Promise(() => {}) : result;
            });
          }
          const to = [person('mira', by('page', 'sms')), person('tao', { wave: 1, ...by('sms') })];
          const written = new Set<string>();
          const acted = new Set<string>();
          try {
            for (const one of steps) {
              if (one.do === 'write') {
                written.add(`n${one.which}`);
                await b.write(notice({ id: `n${one.which}`, at: b.clock.now(), to }));
              } else if (one.do === 'act') {
                if (written.has(`n${one.which}`)) acted.add(`n${one.which}`);
                await b.acts({ notice: `n${one.which}` });
              } else if (one.do === 'receipt') {
                await b.notifier.receipt({ delivery: `n${one.which}/mira/page/1` }, 'delivered', b.clock.now());
              } else if (one.do === 'pass') {
                b.clock.pass(one.ms);
                await b.settles();
              } else {
                if (one.inTheMiddle) {
                  dying = true;
                  written.add('killed');
                  await b.commits(notice({ id: 'killed', at: b.clock.now(), to }));
                  await b.notifier.look();
                }
                await b.dies();
                dying = false;
                await b.starts();
                await b.settles();
              }
            }
            // Everything goes well from here: each notice that nobody acted on reaches somebody.
            for (const channel of [b.memory.page, b.memory.sms]) channel.answers(() => ({ kind: 'sent' }));
            for (let i = 0; i < 12; i++) {
              b.clock.pass(60_000);
              await b.settles();
            }
            const deliveries = await b.deliveries(...written);
            for (const id of written) {
              if (acted.has(id)) continue;
              const sent = deliveries.filter((d) => d.notice === id && d.state === 'sent');
              expect(sent.length, `${id} is lost`).toBeGreaterThan(0);
            }
            expect(repeats).toEqual([]);
            expect(new Set(deliveries.map(({ key }) => key)).size).toBe(deliveries.length);
            expect(deliveries.filter(({ state }) => state === 'attempting' || state === 'due')).toEqual([]);
            for (const d of deliveries) if (d.state === 'sent') expect(d.sent).not.toBeNull();
          } finally {
            await b.stop();
          }
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  }, 120_000);
});
