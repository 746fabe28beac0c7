import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { type AddressInfo, type Server, type Socket } from 'node:net';
import {
  createGuardedHttp,
  type GuardedHttp,
  type GuardedHttpOptions,
} from '../src/guarded-http.js';
import { TimerLedger } from './timer-ledger.js';

const MAX_TURNS = 10;

/** A server that counts the connections it has seen. */
export interface Listener {
  readonly port: number;
  readonly connections: number;
  /** Waits until every connection was closed by the other side. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/** Opens listeners and clients for one test and finds what they leave behind. */
export class SocketLab {
  readonly #handlesBefore = openHandles();
  readonly #timers = new TimerLedger();
  readonly #listeners: Listener[] = [];
  readonly #clients: GuardedHttp[] = [];

  async listen(
    server: Server,
    { host = '127.0.0.1', port = 0 } = {},
  ): Promise<Listener> {
    const listener = await startListener(server, host, port);
    this.#listeners.push(listener);
    return listener;
  }

  guarded(options?: GuardedHttpOptions): GuardedHttp {
    const client = createGuardedHttp(options);
    this.#clients.push(client);
    return client;
  }

  /**
   * Closes everything and returns the kinds of handles that are still open.
   * Does not return while a client without keep-alive holds a socket.
   */
  async close(): Promise<string[]> {
    this.#timers.stop();
    await Promise.all(this.#listeners.map((listener) => listener.drained()));
    await Promise.all(this.#clients.map((client) => client.close()));
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    const timers = Array.from({ length: this.#timers.pending }, () => 'Timer');
    return [...timers, ...(await this.#leftOver())];
  }

  async #leftOver(): Promise<string[]> {
    let left = without(openHandles(), this.#handlesBefore);
    // Node lists a handle for some turns of the loop after its close event.
    for (let turn = 0; left.length > 0 && turn < MAX_TURNS; turn += 1) {
      await setImmediate();
      left = without(openHandles(), this.#handlesBefore);
    }
    return left;
  }
}

async function startListener(
  server: Server,
  host: string,
  port: number,
): Promise<Listener> {
  let connections = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const drained = async (): Promise<void> => {
    await Promise.all([...sockets].map((socket) => closed(socket)));
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    drained,
    close: async () => {
      server.close();
      await Promise.all([once(server, 'close'), drained()]);
    },
  };
}

function without(handles: string[], known: readonly string[]): string[] {
  const rest = [...known];
  return handles.filter((handle) => {
    const index = rest.indexOf(handle);
    return index < 0 || rest.splice(index, 1).length === 0;
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

function openHandles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => /TCP|TLS|GetAddrInfo/.test(kind));
}
