import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before a server. What it swallows stays open and never hears anything again, as behind a firewall that has forgotten it. */
export class BlackHole {
  private readonly pairs: (readonly [Socket, Socket])[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(target: string): Promise<BlackHole> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    await new Promise<void>((resolve) =>
      server.listen(0, '127.0.0.1', resolve),
    );
    const address = server.address();
    const own = typeof address === 'object' && address ? address.port : 0;
    const hole = new BlackHole(server, `redis://127.0.0.1:${own}`);
    server.on('connection', (client) =>
      hole.join(client, connect(Number(port), hostname)),
    );
    return hole;
  }

  /** Swallows the connections that are open; new ones pass. */
  swallow(): void {
    for (const [client, server] of this.pairs) {
      client.unpipe(server);
      server.unpipe(client);
      client.resume();
      server.resume();
    }
  }

  async close(): Promise<void> {
    this.pairs.flat().forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    this.pairs.push([client, server]);
    for (const socket of [client, server]) {
      socket.on('error', () => socket.destroy());
    }
    client.pipe(server);
    server.pipe(client);
  }
}
