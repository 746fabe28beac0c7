import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';

/** One request that a webhook has received. */
export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders;
  /** The bytes, for signatures. */
  readonly raw: string;
  readonly body: Record<string, unknown>;
}

/** How the sink answers one request: a status, or whatever the function does with the response. */
export type SinkAnswer =
  number | ((response: ServerResponse, request: ReceivedWebhook) => void);

/** A real webhook receiver on loopback whose answers a test decides. */
export class WebhookSink {
  private readonly requests: ReceivedWebhook[] = [];
  private readonly waiting = new Set<() => void>();
  private answers: SinkAnswer[] = [];
  private connectionCount = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      void this.receive(request, response);
    });
    server.on('connection', () => {
      this.connectionCount += 1;
    });
  }

  /** Opens a sink on 127.0.0.1, or another loopback address, and on a free port, unless a test wants a certain one. */
  static async open(host = '127.0.0.1', port = 0): Promise<WebhookSink> {
    const server = createServer();
    const sink = new WebhookSink(server);
    server.listen(port, host);
    await once(server, 'listening');
    return sink;
  }

  /** Where to send webhooks to. */
  get url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}/webhook`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** What has arrived, in that order, whatever the answer was. */
  get received(): readonly ReceivedWebhook[] {
    return this.requests;
  }

  /** Connections that were made, whether or not a request came over them. */
  get connections(): number {
    return this.connectionCount;
  }

  /** Decides the next answers, one each; afterwards it is 200 again. */
  answerNext(...answers: SinkAnswer[]): void {
    this.answers = [...this.answers, ...answers];
  }

  /** Resolves with all that has arrived when there are so many. */
  async waitFor(count: number): Promise<readonly ReceivedWebhook[]> {
    while (this.requests.length < count) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    return this.requests;
  }

  /** Closes the sink with its connections. */
  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    if (this.server.listening) await once(this.server, 'close');
  }

  private async receive(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString();
    const body = JSON.parse(raw) as Record<string, unknown>;
    const received = { headers: request.headers, raw, body };
    this.requests.push(received);
    const answer = this.answers.shift() ?? 200;
    if (typeof answer === 'number') response.writeHead(answer).end();
    else answer(response, received);
    this.waiting.forEach((notify) => notify());
    this.waiting.clear();
  }
}
