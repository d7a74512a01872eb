import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { answering } from './measured.ts';

/** The yardstick: aedes as it comes, without subscribers. It accepts, acknowledges and forgets. */
const broker = await Aedes.createBroker();
const server = createServer((socket: Socket) => {
  socket.setNoDelay(true);
  broker.handle(socket);
});
const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answering(listening, {
  port: async () => (server.address() as { port: number }).port,
  settle: async () => {},
  stop: async () => {
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    server.close();
  },
});
