import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useLive } from '../live/store.ts';
import { PriorityMark } from '../ui/priority.tsx';
import { AlarmRow } from './alarm-row.tsx';
import { AsideHead } from './aside-list.tsx';
import { AskList } from './ask-list.tsx';
import { hold } from './hold.ts';
import { useHover } from './hover.ts';
import { isUnder, type Tab, tabs } from './order.ts';
import './alarms.css';

interface Props {
  readonly rows: readonly Alarm[];
  readonly tab: Tab;
  readonly selected: string | null;
  readonly onTab: (tab: Tab) => void;
  readonly onSelect: (alarm: Alarm) => void;
  /** The ids as they stand on the screen, for J and K. */
  readonly order: RefObject<readonly string[]>;
}

/** The live table: tabs with counts, rows that never move under a hand, drawn only as far as they are seen. */
export function AlarmList({ rows, tab, selected, onTab, onSelect, order }: Props) {
  const texts = useTexts();
  const counts = useMemo(
    () => Object.fromEntries(tabs.map((name) => [name, rows.filter((row) => isUnder(name, row)).length])),
    [rows],
  );
  const { shown, waiting, gone, release, hand } = useHeldRows(rows, tab);
  order.current = useMemo(() => shown.map((alarm) => alarm.id), [shown]);
  const known = useLive((live) => live.picture.seq !== null);
  return (
    <section className="list" aria-label={texts('alarms.label')}>
      <div className="list-head" role="tablist" aria-label={texts('alarms.label')}>
        {tabs.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={tab === name}
            aria-controls="alarm-rows"
            onClick={() => onTab(name)}
          >
            {texts(`tab.${name}`)} <b>{counts[name]}</b>
          </button>
        ))}
      </div>
      <AskList />
      {tab === 'aside' && <AsideHead rows={shown} />}
      {waiting.length > 0 && (
        <button type="button" className="list-waiting" onClick={release}>
          {waiting[0] && <PriorityMark priority={waiting[0].priority} size={16} />}
          {texts('alarms.waiting', { n: waiting.length })}
        </button>
      )}
      {shown.length === 0 ? (
        <div className="empty" id="alarm-rows" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          <b>{texts(known ? `empty.${tab}` : 'loading')}</b>
          {known && <span className="small faint">{texts('empty.why')}</span>}
        </div>
      ) : (
        <Rows shown={shown} gone={gone} tab={tab} selected={selected} onSelect={onSelect} hand={hand} />
      )}
    </section>
  );
}

/** After this long without a movement a cursor left lying on the list is no hand any more. */
const HAND_MS = 30_000;

interface Hand {
  on(): void;
  off(): void;
}

/** Rows in order, held while a hand is on them. Rows that left while held stay visible and marked. */
function useHeldRows(rows: readonly Alarm[], tab: Tab) {
  const [handUntil, setHandUntil] = useState(0);
  const wanted = useMemo(() => rows.filter((row) => isUnder(tab, row)), [rows, tab]);
  const shownBefore = useRef<{ tab: Tab; ids: readonly string[]; alarms: Map<string, Alarm> }>({
    tab,
    ids: [],
    alarms: new Map(),
  });
  const handOn = handUntil > 0;
  const current = useMemo(() => new Map(rows.map((row) => [row.id, row])), [rows]);
  const before = shownBefore.current;
  const held = hold(
    before.tab === tab ? before.ids : [],
    wanted.map((row) => row.id),
    handOn,
  );
  const alarms = new Map<string, Alarm>();
  for (const id of held.ids) {
    const alarm = current.get(id) ?? before.alarms.get(id);
    if (alarm) alarms.set(id, alarm);
  }
  const key = held.ids.join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows themselves, and the order they stand in.
  const shown = useMemo(() => [...alarms.values()], [key, current]);
  useEffect(() => {
    shownBefore.current = { tab, ids: held.ids, alarms };
  });
  useEffect(() => {
    if (!handOn) return;
    const timer = setTimeout(() => setHandUntil(0), Math.max(0, handUntil - Date.now()));
    return () => clearTimeout(timer);
  }, [handUntil, handOn]);
  const release = useCallback(() => setHandUntil(0), []);
  const hand = useMemo<Hand>(
    () => ({
      // Moves come by the dozen a second: one state change a second is enough.
      on: () => setHandUntil((until) => (until - Date.now() > HAND_MS - 1000 ? until : Date.now() + HAND_MS)),
      off: () => setHandUntil(0),
    }),
    [],
  );
  const waiting = held.waiting.flatMap((id) => current.get(id) ?? []);
  const gone = (id: string): boolean => !current.has(id);
  return { shown, waiting, gone, release, hand };
}

interface RowsProps extends Pick<Props, 'tab' | 'selected' | 'onSelect'> {
  readonly shown: readonly Alarm[];
  readonly gone: (id: string) => boolean;
  readonly hand: Hand;
}

function Rows({ shown, gone, tab, selected, onSelect, hand }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const phone = matchMedia('(max-width: 720px)').matches;
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (phone ? 72 : 58),
    getItemKey: (index) => shown[index]?.id ?? index,
    overscan: 8,
  });
  const at = selected === null ? -1 : shown.findIndex((alarm) => alarm.id === selected);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls, never new data.
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [selected]);
  const hovered = useHover((hover) => (hover.from === 'map' ? hover.device : null));
  return (
    <div
      ref={scroller}
      className="rows"
      id="alarm-rows"
      role="tabpanel"
      aria-labelledby={`tab-${tab}`}
      onPointerMove={(event) => event.pointerType === 'mouse' && hand.on()}
      onPointerLeave={() => {
        hand.off();
        useHover.setState({ device: null, from: 'list' });
      }}
      onFocus={hand.on}
      onKeyDown={hand.on}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && hand.off()}
    >
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const alarm = shown[item.index];
          if (!alarm) return null;
          return (
            <li key={item.key} style={{ transform: `translateY(${item.start}px)`, height: item.size }}>
              <AlarmRow
                alarm={alarm}
                selected={alarm.id === selected}
                lit={hovered === alarm.device}
                gone={gone(alarm.id)}
                onSelect={onSelect}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
