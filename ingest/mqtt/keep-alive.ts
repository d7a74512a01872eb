import type { Client } from 'aedes';

/** The private timer of an aedes (1.2.0) client; pinned exactly for it. */
interface Timed {
  _keepaliveTimer: NodeJS.Timeout | null;
  _keepaliveInterval: number;
}

/**
 * aedes ends a connection after one and a half keep-alives without a packet (MQTT-3.1.2-24), counted from what it has
 * read. While we are the ones who do not read (`unread`), a client that sends is not silent: its time begins anew.
 */
export function suspendKeepAliveWhile(client: Client, unread: () => boolean): void {
  const timed = client as unknown as Timed;
  client.once('connected', () => {
    if (!timed._keepaliveTimer || client.closed) return;
    clearTimeout(timed._keepaliveTimer);
    const timer = setTimeout(() => {
      if (unread()) timer.refresh();
      else client.emit('error', new Error('keep alive timeout'));
    }, timed._keepaliveInterval);
    timed._keepaliveTimer = timer;
  });
}
