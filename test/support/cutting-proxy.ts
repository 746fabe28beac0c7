import { once } from 'node:events';
import {
  type AddressInfo,
  connect,
  createServer,
  type Server,
  type Socket,
} from 'node:net';

/** Stands between a client and a server that may move, and cuts connections. */
export class CuttingProxy {
  /** After how many bytes of answers each of the next connections is cut that answers so much. */
  readonly cuts: number[] = [];
  readonly url: string;
  private readonly pairs = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** Where connections lead; none, and they are refused. */
    public target: string | undefined,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => this.join(client));
  }

  static async open(target: string): Promise<CuttingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CuttingProxy(server, target);
  }

  /** Resets all connections. */
  cut(): void {
    for (const socket of this.pairs) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const { target } = this;
    if (target === undefined) {
      client.resetAndDestroy();
      return;
    }
    const { hostname, port } = new URL(target);
    const server = connect(Number(port), hostname);
    const limit = this.cuts.shift() ?? Infinity;
    let passed = 0;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => {
      const rest = bytes.subarray(0, Math.max(0, limit - passed));
      passed += bytes.length;
      if (passed < limit) client.write(bytes);
      else client.write(rest, end);
    });
    for (const socket of [client, server]) {
      this.pairs.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.pairs.delete(socket);
        end();
      });
    }
  }
}
