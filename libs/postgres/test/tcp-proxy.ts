import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and breaks what it is told to break. */
export class TcpProxy {
  private readonly pairs = new Set<{ client: Socket; server: Socket }>();
  /** Called with what a client sends, before it is passed on. */
  onRequest: (bytes: Buffer) => void = () => {};
  /** Whether answers of the server are kept back. */
  isMute = false;
  /** Whether nothing passes any more, and the server does not learn that a client has gone. */
  isFrozen = false;

  private constructor(private readonly server: Server) {}

  static async open(url: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    const proxy = new TcpProxy(server);
    server.on('connection', (client) =>
      proxy.join(client, connect(Number(port), hostname)),
    );
    await new Promise<void>((resolve) =>
      server.listen(0, '127.0.0.1', resolve),
    );
    return proxy;
  }

  /** The same address through the proxy. */
  through(url: string): string {
    const address = this.server.address();
    const proxied = new URL(url);
    proxied.port =
      typeof address === 'object' && address ? String(address.port) : '';
    return proxied.href;
  }

  /** Ends all connections. */
  cut(): void {
    this.isFrozen = false;
    for (const { client, server } of this.pairs) {
      client.destroy();
      server.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    const pair = { client, server };
    this.pairs.add(pair);
    const end = () => {
      if (this.isFrozen) {
        return;
      }
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('data', (bytes) => {
      this.onRequest(bytes);
      if (!this.isFrozen) {
        server.write(bytes);
      }
    });
    server.on('data', (bytes) => {
      if (!this.isMute && !this.isFrozen) {
        client.write(bytes);
      }
    });
    for (const socket of [client, server]) {
      socket.on('error', end);
      socket.on('close', end);
    }
  }
}
