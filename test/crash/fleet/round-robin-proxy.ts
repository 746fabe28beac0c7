import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A place in the bytes of an answer at which the connection is to break. */
interface Cut {
  readonly markers: readonly string[];
  readonly resolve: () => void;
}

/**
 * Stands before the instances as a load balancer without stickiness: each
 * connection goes to the next that takes it. Cuts connections where it is told to.
 */
export class RoundRobinProxy {
  private readonly server = createServer((client) => void this.join(client));
  private readonly sockets = new Set<Socket>();
  private cuts: Cut[] = [];
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

  /** Breaks the next connection whose answer contains these texts together, in the middle of them. Resolves when it has. */
  cutAt(...markers: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      this.cuts.push({ markers, resolve });
    });
  }

  async close(): Promise<void> {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
    await once(this.server, 'close');
  }

  private async join(client: Socket): Promise<void> {
    this.keep(client);
    const instance = await this.connectToNext();
    if (!instance) {
      client.destroy();
      return;
    }
    this.keep(instance);
    const end = () => {
      client.destroy();
      instance.destroy();
    };
    client.on('close', end);
    instance.on('close', end);
    client.pipe(instance);
    instance.on('data', (bytes: Buffer) => {
      const cut = this.takeCut(bytes);
      if (cut) {
        client.end(bytes.subarray(0, bytes.length / 2));
        instance.destroy();
        cut.resolve();
      } else if (!client.write(bytes)) {
        instance.pause();
        client.once('drain', () => instance.resume());
      }
    });
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

  private takeCut(bytes: Buffer): Cut | undefined {
    if (this.cuts.length === 0) {
      return undefined;
    }
    const cut = this.cuts.find(({ markers }) =>
      markers.every((marker) => bytes.includes(marker)),
    );
    this.cuts = this.cuts.filter((one) => one !== cut);
    return cut;
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
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
