import type { ClosingNeed, Ticket, TicketStage, TicketStep } from '../../../devices/contract/ticket.ts';
import type { Bilingual } from '../../../devices/model/device-type.ts';
import { stageWords, stepWords } from '../../../devices/tickets/stages.ts';
import { usePlace } from '../alarms/words.ts';
import { usePostNames } from '../api/posts.ts';
import { type TextKey, type Texts, useTexts } from '../i18n/i18n.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** How tickets are told in the page's language. */
export function useTicketWords(names: Readonly<Record<string, string>> = {}) {
  const texts = useTexts();
  const place = usePlace();
  const posts = usePostNames();
  const nameOf = (id: string): string => {
    const post = posts(id);
    return post ? texts.pick(post) : (names[id] ?? id);
  };
  return {
    nameOf,
    stage: (stage: TicketStage): string => capital(texts.pick(stageWords[stage])),
    step: (kind: TicketStep['kind']): string =>
      kind in stepWords
        ? capital(texts.pick(stepWords[kind as keyof typeof stepWords]))
        : texts(`ticket.own.${kind}` as TextKey),
    /** Department, then the post or crew: whom a ticket lies with. */
    assigned: ({ department, post, crew }: Pick<Ticket['assigned'], 'department' | 'post' | 'crew'>): string =>
      [place.shortDepartment(department), post ? nameOf(post) : crew ? nameOf(crew) : ''].filter(Boolean).join(' · '),
    where: ({ area, siteName, address }: Pick<Ticket, 'area' | 'siteName' | 'address'>): string =>
      [place.area(area), address ?? siteName].filter(Boolean).join(' · '),
  };
}

/** What a line of history says beside its kind, in words; empty when it says nothing more. */
export function moreText(texts: Texts, place: ReturnType<typeof usePlace>, { more }: TicketStep): string {
  const parts: string[] = [];
  if (typeof more.department === 'string') parts.push(place.shortDepartment(more.department));
  if (typeof more.clock === 'string') parts.push(texts(`clock.${more.clock}` as TextKey));
  if (typeof more.duty === 'string') parts.push(texts(`ticket.duty.${more.duty}` as TextKey));
  if (typeof more.what === 'string') parts.push(texts(`ticket.changed.${more.what}` as TextKey));
  if (typeof more.by === 'string') parts.push(more.by);
  if (typeof more.step === 'number') parts.push(texts('ticket.stepNo', { n: more.step + 1 }));
  if (typeof more.score === 'number') parts.push(`${more.score}/5`);
  if (typeof more.passed === 'boolean') parts.push(texts(more.passed ? 'ticket.passed' : 'ticket.failed'));
  if (typeof more.reason === 'string') parts.push(more.reason);
  if (typeof more.skipped === 'string') parts.push(more.skipped);
  return parts.join(' · ');
}

/** Needs that time alone may meet: the page does not hold a verification back for them, the platform decides. */
const byTime: ReadonlySet<ClosingNeed['id']> = new Set(['alarm-over', 'fresh-data', 'witness']);

/** Why a verification would be refused for what is missing; null when only time may be missing. */
export function whyNotClosable(needs: readonly ClosingNeed[]): Bilingual | null {
  const missing = needs.filter(({ id, met }) => !met && !byTime.has(id));
  if (missing.length === 0) return null;
  return { zh: missing.map(({ text }) => text.zh).join('；'), en: missing.map(({ text }) => text.en).join('; ') };
}
