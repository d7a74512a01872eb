import { type Core, reminder } from './core.ts';
import { leadAgain } from './flows.ts';
import { back, type KeptEpisode, keep, type Row } from './kept.ts';
import { forgetSigns } from './signs.ts';

/** Where it is kept among the rows of devices: `*` is in no id. */
export const TOGETHER = '*together';

/** What devices say together, by name. */
interface TogetherBody {
  readonly signs: readonly [device: string, rule: string, since: number, at: number, value: number][];
  readonly open: readonly [device: string, rule: string, due: number, kept: KeptEpisode][];
}

export const togetherRow = (core: Core): Row => ({
  device: TOGETHER,
  position: core.position,
  body: JSON.stringify(bodyOf(core)),
});

function bodyOf(core: Core): TogetherBody {
  const { evals } = core.units;
  forgetSigns(core);
  return {
    signs: [...core.together.signs.values()].map(({ unit, rule, since, at, value }) => [
      unit.device.id,
      rule.key,
      since,
      at,
      value,
    ]),
    open: [...core.together.open].map(([index, { unit, rule, due }]) => [
      unit.device.id,
      rule.key,
      due,
      keep(evals.phases, index, evals.episodes.get(index)!),
    ]),
  };
}

/** Puts it back; what comes again up to `position` is in it already. */
export function readTogether(core: Core, { body: text, position }: Row): void {
  const body = JSON.parse(text) as TogetherBody;
  const { together, units } = core;
  together.heldTo = position;
  const ruleOf = (device: string, key: string) => {
    const unit = units.get(device);
    const rule = unit?.plan.rules.find((one) => one.key === key);
    return unit && rule ? ([unit, rule, unit.s + rule.offset] as const) : undefined;
  };
  for (const [device, key, since, at, value] of body.signs) {
    const found = ruleOf(device, key);
    if (found) together.signs.set(found[2], { unit: found[0], rule: found[1], since, at, value });
  }
  for (const [device, key, due, kept] of body.open) {
    const found = ruleOf(device, key);
    if (!found) continue;
    const [unit, rule, index] = found;
    units.evals.phases[index] = kept[0];
    units.evals.episodes.set(index, back(kept));
    together.open.set(index, { unit, rule, due });
    // A balance is reminded by its group.
    if (rule.neighbours) core.timers.at(due, reminder(unit, rule.offset));
    else leadAgain(core, unit, rule);
  }
}
