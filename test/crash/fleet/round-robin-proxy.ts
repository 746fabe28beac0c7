import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type SeededRandom } from '../../support/seeded-random.js';
import { JoinedConnection, type Trouble } from './joined-connection.js';

/** What is to happen to a connection: it breaks, or it has trouble for so many milliseconds. */
export type Mishap =
  'cut' | { readonly trouble: Trouble; readonly durationMs: number };

/** A place in the bytes of an answer at which something is to happen. */
interface Ambush {
  readonly mishap: Mishap;
  readonly markers: readonly string[];
  readonly resolve: () => void;
}

/**
 * Stands before the instances as a load balancer without stickiness: each
 * connection goes to the next that takes it. Does harm to connections where it is told to.
 */
export class RoundRobinProxy {
  private readonly server = createServer((client) => void this.join(client));
  private readonly sockets = new Set<Socket>();
  private readonly joined = new Set<JoinedConnection>();
  private ambushes: Ambush[] = [];
  private turn = 0;

  /** @param targets ports of those that serve now */
  constructor(private readonly targets: () => readonly number[]) {}

  async listen(host: string): Promise<number> {
    this.server.listen(0, host);
    await once(this.server, 'listening');
    return this.port;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /**
   * Does something to the next connection whose answer contains these texts together:
   * a `cut` is in the middle of them, trouble begins with them. Resolves when it has.
   */
  hurtAt(mishap: Mishap, ...markers: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      this.ambushes.push({ mishap, markers, resolve });
    });
  }

  /** Makes trouble for some stream. @returns whether there was one */
  hurtStream(
    mishap: Exclude<Mishap, 'cut'>,
    random: Pick<SeededRandom, 'pick'>,
  ): boolean {
    const streams = [...this.joined].filter(({ isWellStream }) => isWellStream);
    if (streams.length > 0) {
      makeTrouble(random.pick(streams), mishap);
    }
    return streams.length > 0;
  }

  async close(): Promise<void> {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
    await once(this.server, 'close');
  }

  private async join(client: Socket): Promise<void> {
    this.keep(client);
    const instance = await this.connectToNext();
    if (!instance || client.destroyed) {
      client.destroy();
      instance?.destroy();
      return;
    }
    this.keep(instance);
    const connection: JoinedConnection = new JoinedConnection(
      client,
      instance,
      (bytes) => this.spring(bytes, connection),
    );
    this.joined.add(connection);
    client.on('close', () => this.joined.delete(connection));
  }

  /** The next that takes the connection. */
  private async connectToNext(): Promise<Socket | undefined> {
    const targets = this.targets();
    for (let tries = 0; tries < targets.length; tries++) {
      const port = targets[this.turn++ % targets.length];
      const socket = port === undefined ? undefined : await dial(port);
      if (socket) return socket;
    }
    return undefined;
  }

  /** Lets happen what waits for these bytes. */
  private spring(
    bytes: Buffer,
    connection: JoinedConnection,
  ): 'cut' | undefined {
    const found = this.ambushes.find(({ markers }) =>
      markers.every((marker) => bytes.includes(marker)),
    );
    if (!found) {
      return undefined;
    }
    this.ambushes = this.ambushes.filter((one) => one !== found);
    found.resolve();
    if (found.mishap === 'cut') {
      return 'cut';
    }
    makeTrouble(connection, found.mishap);
    return undefined;
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}

function makeTrouble(
  connection: JoinedConnection,
  { trouble, durationMs }: Exclude<Mishap, 'cut'>,
): void {
  if (trouble === 'halfOpen') connection.halfOpen(durationMs);
  else connection.readSlowly(durationMs);
}

async function dial(port: number): Promise<Socket | undefined> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    return undefined;
  }
}
