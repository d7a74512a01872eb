import type { Actor, CommandOutcome } from '../../devices/contract/command.ts';
import type { DrillBody, HandOffKind } from '../../devices/contract/drill.ts';
import { momentOf } from '../../rules/engine/engine-bench.ts';
import { people, ticketCity } from './tickets/ticket-city.ts';

const system: Actor = { id: 'drills', name: 'drills', via: 'system', role: 'system' };

/** Code of the refusal; null where it was carried out. */
export const codeOf = (outcome: CommandOutcome): string | null => ('done' in outcome ? null : outcome.refused.code);

/** The bench's night, with people who drill in it. */
export async function drillCity(
  database: { url: string; schema?: string } = { url: ':memory:' },
  more: Parameters<typeof ticketCity>[2] = {},
) {
  const c = await ticketCity('02:00', database, more);
  const { bench } = c;
  const asks = async (time: string, actor: Actor, command: Record<string, unknown>): Promise<string | null> => {
    await bench.passes(time);
    return codeOf(await bench.asks(command, undefined, actor));
  };
  const drills = (): Promise<readonly DrillBody[]> => bench.rules.drills.list({ limit: 10 });
  const drill = async (): Promise<DrillBody> => (await drills())[0]!;
  const idOf = async (): Promise<string> => (await drill()).drill.id;
  const start = (time: string, more: Record<string, unknown> = {}, actor: Actor = people.mira) =>
    asks(time, actor, {
      ...{ type: 'drill.start', name: '秋季燃气演练', reason: '检验夜间处置', seat: 'duty', device: 'k1' },
      ...more,
    });
  return {
    ...c,
    asks,
    drills,
    drill,
    start,
    end: async (time: string, more: Record<string, unknown> = {}, actor: Actor = people.mira) =>
      asks(time, actor, { type: 'drill.end', drill: await idOf(), ...more }),
    /** At a time, the detector of the newest drill reads what it is to read, as the platform drives it. */
    async plays(time: string) {
      for (const { drill, reads } of await bench.rules.drills.playing()) {
        await bench.reads(time, drill.id, { [drill.play.measurement]: reads });
        const at = bench.clock.now();
        if (!drill.sent)
          await bench.asks(
            { type: 'drill.sent', drill: drill.id, publishedAt: at, journaledAt: at },
            undefined,
            system,
          );
      }
    },
    alarmOf: async (time: string) => `${await idOf()}/G05-14.com-l2/${momentOf(time)}`,
    /** Minutes from the reading to each hand-off that was reached. */
    async minutes(): Promise<Partial<Record<HandOffKind, number>>> {
      const { report } = await drill();
      return Object.fromEntries(
        report.handOffs.flatMap(({ kind, sinceMs }) => (sinceMs === null ? [] : [[kind, sinceMs / 60_000]])),
      );
    },
    async missed(): Promise<readonly HandOffKind[]> {
      return (await drill()).report.handOffs.flatMap(({ kind, at }) => (at === null ? [kind] : []));
    },
  };
}
export type DrillCity = Awaited<ReturnType<typeof drillCity>>;
