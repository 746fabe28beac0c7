import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from '../../support/until.js';
import { DialectAgent } from './dialect-agent.js';
import { cardOf, type Dialect, extendedCardOf } from './dialect-cards.js';
import { answerHttpJson } from './http-json.js';
import { answerJsonRpc, type Means } from './json-rpc.js';
import { type Manners, USUAL } from './manners.js';
import { type Reply } from './reply.js';
import { wordsOf } from './words.js';

/** A request as it came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: any;
}

const PATH = '/a2a';

/** An agent of another language: right in what it says, and strange in how. */
export class DialectServer {
  readonly agent = new DialectAgent();
  /** Those of the interface. */
  readonly seen: Seen[] = [];
  manners: Manners = USUAL;
  /** Besides streaming and webhooks. */
  capabilities: object = {};
  readonly url: string;

  private constructor(
    private readonly server: Server,
    private readonly dialect: Dialect,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      void this.serve(request, response);
    });
  }

  static async start(dialect: Dialect): Promise<DialectServer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new DialectServer(server, dialect);
  }

  /** Resolves when so many requests have come. */
  untilAsked(count: number): Promise<void> {
    return until(() => this.seen.length >= count, `${count} requests`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const sent = await text(request);
    if (path === '/.well-known/agent-card.json') {
      const card = cardOf(this.url, this.dialect, this.capabilities);
      response.end(JSON.stringify(card));
      return;
    }
    const body = sent === '' ? undefined : JSON.parse(sent);
    this.seen.push({ method, path, headers, body });
    const reply = this.replyTo(method, path.replace(PATH, ''), body);
    if ('frames' in reply) {
      await this.stream(reply, response);
      return;
    }
    const { status, value, type = 'application/json' } = reply;
    response.writeHead(status, { 'Content-Type': type });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  }

  private replyTo(method: string, path: string, body: any): Reply {
    const { dialect, agent } = this;
    // 1.0 has one form of errors.
    const manners =
      dialect.version === '1.0'
        ? { ...this.manners, errors: 'problem' as const }
        : this.manners;
    const means: Means = {
      agent,
      manners,
      words: wordsOf(dialect, manners),
      extendedCard: () => extendedCardOf(this.url, dialect, manners),
    };
    return dialect.binding === 'JSONRPC'
      ? answerJsonRpc(dialect.version, body, means)
      : answerHttpJson(dialect.version, { method, path, body }, means);
  }

  private async stream(
    { frames, errorOf }: Extract<Reply, { frames: unknown }>,
    response: ServerResponse,
  ): Promise<void> {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const said: string[] = [];
    let error: string | undefined;
    try {
      for (const frame of frames) said.push(JSON.stringify(frame));
    } catch (failure) {
      const { errorEvent } = this.manners;
      error = `${errorEvent}data: ${JSON.stringify(errorOf(failure))}`;
    }
    for (const piece of this.manners.sse(said)) {
      // The next begins when this one is on its way, so that they arrive apart.
      await new Promise((resolve) => response.write(piece, resolve));
    }
    response.end(error);
  }
}
