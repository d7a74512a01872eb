import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../devices/contract/notice.ts';
import { canBeNoticed, cardsOf, type Shown, told, withoutSettled } from './shown.ts';

const notice = (id: string, changes: Partial<Notice> = {}): Notice => ({
  id,
  at: 0,
  priority: 'P2',
  hazard: null,
  area: null,
  categories: [],
  subject: { kind: 'ticket', id },
  title: { zh: id, en: id },
  body: { zh: '', en: '' },
  link: '/',
  mark: null,
  to: [],
  handledAt: null,
  handledBy: null,
  ...changes,
});
const tells = (items: readonly Shown[], id: string, key: string, changes: Partial<Notice> = {}) =>
  told(items, { key, notice: notice(id, changes), mayRepeat: false });
const page = (...notices: Notice[]): readonly Shown[] =>
  notices.reduce<readonly Shown[]>(
    (items, one) => told(items, { key: one.id, notice: one, mayRepeat: false }).items,
    [],
  );
const none = () => false;

describe('a notice on a page', () => {
  it('is shown once, however often its key comes', () => {
    const first = tells([], 'a', 'k1');
    const second = tells(first.items, 'a', 'k1');
    expect([first.news, second.news]).toEqual([true, false]);
    expect(second.items).toBe(first.items);
  });

  it('that comes to the seat and to the person is one card, and answers for both', () => {
    const both = tells(tells([], 'a', 'seat').items, 'a', 'person').items;
    expect(both).toMatchObject([{ key: 'person', keys: ['seat', 'person'] }]);
  });

  it('that was put away comes back when it is told again', () => {
    const away = page(notice('a')).map((item) => ({ ...item, putAway: true }));
    expect(cardsOf(away, false, none).cards).toEqual([]);
    expect(cardsOf(tells(away, 'a', 'again').items, false, none).cards).toHaveLength(1);
  });

  it('leaves when somebody acted on it, here or elsewhere', () => {
    expect(withoutSettled(page(notice('a'), notice('b')), ['a']).map((one) => one.notice.id)).toEqual(['b']);
  });

  it('is nobody’s while the tab is hidden and the sound is locked', () => {
    expect(canBeNoticed({ visible: false, heard: false })).toBe(false);
    expect(canBeNoticed({ visible: true, heard: false })).toBe(true);
    expect(canBeNoticed({ visible: false, heard: true })).toBe(true);
  });
});

describe('the stack of notices', () => {
  it('shows three, the most urgent first and then the newest, and counts the rest', () => {
    const items = page(
      notice('old', { at: 1 }),
      notice('new', { at: 2 }),
      notice('gas', { priority: 'P1' }),
      notice('lamp', { priority: 'P3', at: 9 }),
    );
    const { cards, more } = cardsOf(items, false, none);
    expect(cards.map((one) => one.notice.id)).toEqual(['gas', 'new', 'old']);
    expect(more).toBe(1);
  });

  it('leaves out an alarm whose row stands on the desk, and shows it on every other page', () => {
    const items = page(notice('a', { subject: { kind: 'alarm', id: 'leak' } }));
    const onDesk = (id: string) => id === 'leak';
    expect(cardsOf(items, true, onDesk).cards).toEqual([]);
    expect(cardsOf(items, false, onDesk).cards).toHaveLength(1);
    expect(cardsOf(items, true, none).cards).toHaveLength(1);
  });
});
