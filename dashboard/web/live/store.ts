import { io, type Socket } from 'socket.io-client';
import msgpack from 'socket.io-msgpack-parser';
import { create } from 'zustand';
import type { ClientToServer, LiveChanges, LiveSnapshot, ServerToClient } from '../../../devices/contract/live.ts';
import { runsOnReadings } from '../alarms/runs-on.ts';
import { loadDevices, useCity } from '../api/city.ts';
import { loadMe } from '../api/session.ts';
import { type LinkState, linkState, platformNow } from './link.ts';
import { emptyPicture, fromSnapshot, type LivePicture, withChanges } from './reducer.ts';

interface LiveState {
  readonly picture: LivePicture;
  readonly socket: 'connecting' | 'open' | 'resyncing';
  /** When the last message came, on this workstation's monotonic clock, ms. */
  readonly heardAt: number | null;
}

/** The city as the stream shows it. Only this file writes it. */
export const useLive = create<LiveState>(() => ({ picture: emptyPicture, socket: 'connecting', heardAt: null }));

/** This workstation's clock that nobody can set back. */
const monotonic = (): number => performance.now();

const runsOn = () => runsOnReadings(useCity.getState().standards?.catalogue ?? null);

export type LiveLink = Socket<ServerToClient, ClientToServer>;

/**
 * Opens the stream and keeps it: snapshot, numbered changes, a resync on a gap. Returns what closes it.
 * @param wire joins what else travels on its socket
 */
export function startLive(wire: (socket: LiveLink) => () => void): () => void {
  const socket: LiveLink = io('/live', { transports: ['websocket'], parser: msgpack, reconnectionDelayMax: 3000 });
  const heard = (picture: LivePicture): void => {
    useLive.setState({ picture, socket: 'open', heardAt: monotonic() });
    readRegistryWhenItGrew(picture);
  };
  const resync = (): void => {
    useLive.setState({ socket: 'resyncing' });
    socket.emit('resync');
  };
  // The snapshot is on its way: what comes before it does not follow anything we hold.
  socket.on('connect', () => useLive.setState({ socket: 'resyncing' }));
  socket.on('snapshot', (message: LiveSnapshot) => heard(fromSnapshot(message, runsOn())));
  socket.on('changes', (message: LiveChanges) => {
    const { picture, socket: state } = useLive.getState();
    // While a snapshot is on its way, changes that do not follow say nothing new.
    const next = withChanges(picture, message, runsOn());
    if (next !== 'gap') heard(next);
    else if (state !== 'resyncing') resync();
  });
  socket.on('disconnect', (reason) => {
    useLive.setState({ socket: 'connecting' });
    // The server closed it: a session that ended. Ask once; the page shows the door.
    if (reason === 'io server disconnect')
      loadMe().then(
        (me) => me && socket.connect(),
        () => socket.connect(),
      );
  });
  socket.on('connect_error', () => {
    useLive.setState({ socket: 'connecting' });
    loadMe().catch(() => undefined);
  });
  const unwire = wire(socket);
  return () => {
    unwire();
    socket.disconnect();
  };
}

let readAt = Number.NEGATIVE_INFINITY;
/** Devices registered while the page is open appear on it; asked at most every five seconds. */
function readRegistryWhenItGrew(picture: LivePicture): void {
  const known = useCity.getState().devices;
  const at = monotonic();
  if (known.size === 0 || at - readAt < 5000) return;
  const ids = picture.touched ?? picture.devices.keys();
  for (const id of ids) {
    if (known.has(id)) continue;
    readAt = at;
    loadDevices().catch(() => undefined);
    return;
  }
}

interface Beat {
  /** The platform's clock, ms. */
  readonly now: number;
  readonly link: LinkState;
  /** Age of the last message in this workstation's time, ms. */
  readonly messageAge: number | null;
  /** Seconds of this workstation's own clock: what counts while the platform's stands still. */
  readonly second: number;
}

/** Beats four times a second; its fields change once a second at most, so what hangs on it draws once a second. */
export const useBeat = create<Beat>(() => ({ now: Date.now(), link: 'connecting', messageAge: null, second: 0 }));

/** The platform's clock at this moment, between beats. */
export function nowOfPlatform(): number {
  const { picture, heardAt } = useLive.getState();
  const speed = useCity.getState().body?.demo?.speed ?? 1;
  if (heardAt === null) return Date.now();
  return platformNow({ now: picture.now, heardAt }, monotonic(), speed);
}

export function startBeat(): () => void {
  const beat = (): void => {
    const { socket, heardAt } = useLive.getState();
    const at = monotonic();
    const now = Math.floor(nowOfPlatform() / 1000) * 1000;
    const link = linkState(socket, heardAt, at);
    const messageAge = heardAt === null ? null : Math.floor((at - heardAt) / 100) * 100;
    const second = Math.floor(at / 1000);
    const before = useBeat.getState();
    if (before.now !== now || before.link !== link || before.second !== second) {
      useBeat.setState({ now, link, messageAge, second });
    }
  };
  beat();
  const timer = setInterval(beat, 250);
  return () => clearInterval(timer);
}
