import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
} from 'node:http';
import {
  createServer as createHttpsServer,
  type ServerOptions,
} from 'node:https';
import { connect, type Server, type Socket } from 'node:net';

/** What a proxy was asked for. */
export interface AskedFor {
  readonly method: string;
  readonly authority: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * A forward proxy that records everything that it is asked for. It connects to
 * the ports of this machine that stand for the addresses it knows, and answers
 * 502 for others.
 */
export class ConnectProxy {
  readonly asked: AskedFor[] = [];
  readonly server: Server;
  readonly #routes: Readonly<Record<string, number>>;

  /** @param routes ports by `address:port`, IPv6 in brackets */
  constructor(routes: Readonly<Record<string, number>>, tls?: ServerOptions) {
    this.#routes = routes;
    const server = tls ? createHttpsServer(tls) : createHttpServer();
    server.on('request', ({ method = '', url = '', headers }, response) => {
      this.asked.push({ method, authority: url, headers });
      response.writeHead(405).end();
    });
    server.on('connect', ({ url = '', headers }, socket) => {
      this.asked.push({ method: 'CONNECT', authority: url, headers });
      this.#tunnel(url, socket as Socket);
    });
    this.server = server;
  }

  get authorities(): string[] {
    return this.asked.map(({ authority }) => authority);
  }

  #tunnel(authority: string, socket: Socket): void {
    const port = this.#routes[authority];
    socket.on('error', () => undefined);
    if (port === undefined) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    upstream.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    socket.once('close', () => upstream.destroy());
    upstream.once('close', () => socket.destroy());
  }
}
