import type { Procedure } from '../../devices/contract/catalogue.ts';
import type { Refusal } from '../../devices/contract/command.ts';
import type { By, PersonStep, Ticket } from '../../devices/contract/ticket.ts';
import type { StepOutcome } from './step-outcome.ts';

/** A procedure as a ticket carries it: every step open. */
export const procedureOn = (id: string, { version, title, steps }: Procedure): Ticket['procedure'] => ({
  id,
  version,
  title,
  steps: steps.map((step) => ({ ...step, done: null })),
});

type Record = Extract<PersonStep, { kind: 'record' }>;

/** Records one step of the procedure with what it asks for, or why it does not apply. A later record replaces an earlier one. */
export function recordStep(ticket: Ticket, step: Record, by: By, at: number): StepOutcome {
  const { procedure } = ticket;
  const wanted = procedure?.steps[step.step];
  if (!procedure || !wanted) return { refused: noSuchStep(step.step, procedure?.steps.length ?? 0) };
  const refused =
    step.skipped === undefined ? whyNotRecorded(wanted.record, wanted.choices?.length ?? 0, wanted.unit, step) : null;
  if (refused) return { refused };
  const done = {
    at,
    by,
    reading: step.reading ?? null,
    choice: step.choice ?? null,
    photos: step.photos ?? [],
    note: step.note ?? null,
    skipped: step.skipped ?? null,
  };
  const steps = procedure.steps.map((one, i) => (i === step.step ? { ...one, done } : one));
  return {
    ticket: { ...ticket, procedure: { ...procedure, steps } },
    more: { step: step.step, choice: step.choice ?? null, skipped: step.skipped ?? null },
  };
}

function whyNotRecorded(record: string, choices: number, unit: string | undefined, step: Record): Refusal | null {
  if (record === 'reading') {
    if (!step.reading) return needs('读数', 'a reading');
    return unit !== undefined && step.reading.unit !== unit ? otherUnit(unit, step.reading.unit) : null;
  }
  if (record === 'choice' && (step.choice === undefined || step.choice >= choices))
    return needs(`一项选择（0 至 ${choices - 1}）`, `a choice, 0 to ${choices - 1}`);
  // Nothing requires a phone inside gas: words stand for the picture that may follow.
  if (record === 'photo' && !step.photos?.length && !step.note)
    return needs('照片，或说明为何没有', 'a photograph, or words why there is none');
  return null;
}

const noSuchStep = (no: number, of: number): Refusal => ({
  code: 'no-such-step',
  zh: `规程没有第 ${no + 1} 步（共 ${of} 步）`,
  en: `the procedure has no step ${no + 1}: it has ${of}`,
});
const needs = (zh: string, en: string): Refusal => ({
  code: 'step-needs',
  zh: `这一步须记录${zh}；不适用请写明原因`,
  en: `this step asks for ${en}; where it does not apply say why`,
});
const otherUnit = (wanted: string, given: string): Refusal => ({
  code: 'other-unit',
  zh: `这一步的读数以 ${wanted} 记，给出的是 ${given}`,
  en: `this step is read in ${wanted}, not in ${given}`,
});
