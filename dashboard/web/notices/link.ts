import { seatsOf } from '../../../devices/city/seats.ts';
import type { PageNotice } from '../../../devices/contract/pages.ts';
import { useCity } from '../api/city.ts';
import { usePrefs } from '../frame/prefs.ts';
import type { LiveLink } from '../live/store.ts';
import { callOnce, useSound } from '../sound/engine.ts';
import { canBeNoticed, type Shown } from './shown.ts';
import { heardBeat, mark, settle, startsListening, takeNotice, useNotices } from './store.ts';

let link: LiveLink | null = null;

/** Joins the page's socket to what it shows: says which seats it watches and whether it is heard, and answers for what it is told. */
export function wireNotices(socket: LiveLink): () => void {
  link = socket;
  let said = '';
  const present = (): void => {
    const city = useCity.getState().body?.city;
    if (!socket.connected || !city) return;
    const all = seatsOf(city).map(({ id }) => id);
    const { seats } = usePrefs.getState();
    const presence = { seats: seats ? all.filter((id) => seats.includes(id)) : all, heard: isHeard() };
    if (said === JSON.stringify(presence)) return;
    said = JSON.stringify(presence);
    socket.emit('present', presence);
  };
  const noticeable = (): void => {
    present();
    answerDelivered();
  };
  socket.on('connect', () => {
    // The server knows nothing of a page that comes back.
    said = '';
    startsListening();
    present();
  });
  socket.on('notice', (told: PageNotice) => {
    const news = takeNotice(told);
    if (news && told.notice.subject.kind !== 'alarm') callOnce(told.notice.priority);
    answerDelivered();
  });
  socket.on('settled', settle);
  socket.on('heartbeat', (key) => {
    heardBeat();
    socket.emit('receipt', { key, what: 'delivered' });
  });
  const stops = [useSound.subscribe(noticeable), usePrefs.subscribe(present), useCity.subscribe(present)];
  document.addEventListener('visibilitychange', noticeable);
  return () => {
    document.removeEventListener('visibilitychange', noticeable);
    for (const stop of stops) stop();
  };
}

const isHeard = (): boolean => useSound.getState().context === 'running';
export const isVisible = (): boolean => document.visibilityState === 'visible';

/** Answers for what has come, once somebody can notice it: until then the next rung of the ladder is right to be tried. */
function answerDelivered(): void {
  if (!canBeNoticed({ visible: isVisible(), heard: isHeard() })) return;
  for (const { notice, keys, delivered } of useNotices.getState().items) {
    const open = keys.filter((key) => !delivered.includes(key));
    if (open.length === 0) continue;
    for (const key of open) link?.emit('receipt', { key, what: 'delivered' });
    mark(notice.id, { delivered: keys });
  }
}

/** Answers that these are shown, where the tab is. */
export function answerSeen(items: readonly Shown[]): void {
  if (!isVisible()) return;
  for (const { notice, keys, seen } of items) {
    const open = keys.filter((key) => !seen.includes(key));
    if (open.length === 0) continue;
    for (const key of open) link?.emit('receipt', { key, what: 'seen' });
    mark(notice.id, { seen: keys });
  }
}

/** Somebody here takes it up: nobody else is told. */
export function accept({ key, notice }: Shown): void {
  link?.emit('receipt', { key, what: 'accepted' });
  settle([notice.id]);
}
