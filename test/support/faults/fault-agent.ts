import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from '../until.js';
import { operationOf } from './fault-routes.js';
import { type StreamManners, writeStory } from './fault-streams.js';
import { type Fault } from './faults.js';
import { Story } from './story.js';

export type FaultBinding = 'JSONRPC' | 'HTTP+JSON';

/** A request to the interface. */
export interface Asked {
  readonly operation: string;
  readonly params: any;
  readonly headers: IncomingHttpHeaders;
  /** Of JSON-RPC. */
  readonly rpcId: unknown;
}

/** An error that the agent has against a call: the code of JSON-RPC, the status and name of HTTP+JSON. */
const NOT_FOUND = [-32001, 404, 'NOT_FOUND', 'Not found'] as const;
const UNSUPPORTED = [-32004, 400, 'FAILED_PRECONDITION', 'It is over'] as const;
const NOT_CANCELABLE = [
  -32002,
  409,
  'FAILED_PRECONDITION',
  'It is over',
] as const;
type Refused = typeof NOT_FOUND | typeof UNSUPPORTED | typeof NOT_CANCELABLE;

/** What an agent is like that fails on the way. */
export interface FaultAgentOptions {
  readonly binding?: FaultBinding;
  /** Whether a message with a known id makes no second task, which its card then says. */
  readonly isIdempotent?: boolean;
  readonly streams?: Partial<StreamManners>;
  /** URLs of interfaces before its own. */
  readonly deadInterfaces?: readonly string[];
}

/**
 * An agent on real sockets that goes wrong where a test says so, and counts what
 * it has done. The numbers in the text of a message say after how many bytes the
 * streams of its task are cut, one after the other.
 */
export class FaultAgent {
  /** What happens to the next requests to the interface, one each; afterwards nothing does. */
  readonly faults: Fault[] = [];
  /** Every request to the interface that was read. */
  readonly asked: Asked[] = [];
  readonly stories = new Map<string, Story>();
  readonly pushes: any[] = [];
  /** The `If-None-Match` of each request for the card. */
  readonly cardRequests: (string | undefined)[] = [];
  /** What becomes of requests for the card. */
  cardFault: Fault | undefined;
  /** The URLs in the card. @default its own */
  interfaces: readonly string[] | undefined;
  readonly sockets = new Set<Socket>();
  /** So many of the next connections are reset as soon as they are accepted. */
  resets = 0;
  connections = 0;
  streams: StreamManners;
  readonly url: string;
  private readonly byMessage = new Map<string, Story>();

  private constructor(
    private readonly server: Server,
    private readonly options: FaultAgentOptions,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.streams = { whenCut: 'waits', resumes: 'with the task' };
    Object.assign(this.streams, options.streams);
    server.on('connection', (socket) => this.accept(socket));
    server.on('request', (request, response) => {
      void this.serve(request, response);
    });
  }

  static async start(options: FaultAgentOptions = {}): Promise<FaultAgent> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new FaultAgent(server, options);
  }

  /** How many tasks were made. */
  get made(): number {
    return this.stories.size;
  }

  /** The ids of the messages that came, each time that they came. */
  get messageIds(): string[] {
    return this.asked
      .filter(({ params }) => params.message)
      .map(({ params }) => params.message.messageId);
  }

  get operations(): string[] {
    return this.asked.map(({ operation }) => operation);
  }

  /** Waits until the other side has closed every connection. */
  async allClosed(): Promise<void> {
    while (this.sockets.size > 0) {
      await Promise.all(
        [...this.sockets].map(
          (socket) =>
            new Promise<void>((resolve) => socket.once('close', resolve)),
        ),
      );
    }
  }

  /** Ends the connections on which nothing is going on. */
  closeIdle(): void {
    this.server.closeIdleConnections();
  }

  /** Resolves when the other side has closed all but one connection at most. */
  untilOne(): Promise<void> {
    return until(() => this.sockets.size <= 1, 'closed connections');
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Does what is asked. @returns what is to be answered, of a stream the story */
  handle({ operation, params }: Asked): object | Story | Refused {
    if (/^Send/.test(operation)) return this.take(params, operation);
    if (operation === 'ListTasks') {
      const tasks = [...this.stories.values()].map((one) => one.snapshot());
      const totalSize = tasks.length;
      return { tasks, nextPageToken: '', pageSize: 50, totalSize };
    }
    const story = this.stories.get(params.taskId ?? params.id);
    if (!story) return NOT_FOUND;
    if (operation.includes('Push')) return this.push(operation, params);
    if (operation === 'SubscribeToTask') return story;
    if (operation === 'CancelTask' && !story.cancel()) return NOT_CANCELABLE;
    return story.snapshot();
  }

  /** Answers in the words of the binding. */
  answer(asked: Asked, response: ServerResponse, handled: object): void {
    const json = { 'Content-Type': 'application/json' };
    const isRpc = this.options.binding !== 'HTTP+JSON';
    const envelope = { jsonrpc: '2.0', id: asked.rpcId };
    if (Array.isArray(handled)) {
      const [code, status, name, message] = handled as unknown as Refused;
      const error = { code: status, status: name, message };
      const body = isRpc
        ? { ...envelope, error: { code, message } }
        : { error: { ...error, details: [] } };
      response.writeHead(isRpc ? 200 : status, json).end(JSON.stringify(body));
      return;
    }
    const wrap = (result: unknown) =>
      isRpc ? { ...envelope, result } : result;
    if (!(handled instanceof Story)) {
      response.writeHead(200, json).end(JSON.stringify(wrap(handled)));
      return;
    }
    const lastEventId = asked.headers['last-event-id'];
    const isResumed = asked.operation === 'SubscribeToTask';
    const { ids, whenOver = 'refused' } = this.streams;
    const isRefused = whenOver === 'refused' && !(ids && lastEventId);
    if (isResumed && handled.isOver && isRefused) {
      this.answer(asked, response, UNSUPPORTED);
      return;
    }
    const reader = { response, wrap, isResumed, lastEventId };
    writeStory(handled, reader, this.streams);
  }

  private take({ message }: any, operation: string): object | Story {
    const isStream = operation === 'SendStreamingMessage';
    const known = this.byMessage.get(message.messageId);
    let story = this.options.isIdempotent ? known : undefined;
    if (!story) {
      const [{ text = '' }] = message.parts;
      const cuts = [...text.matchAll(/\d+/g)].map(Number);
      story = new Story(`t${this.stories.size + 1}`, cuts);
      this.stories.set(story.id, story);
      this.byMessage.set(message.messageId, story);
      if (!isStream) story.finish();
    }
    return isStream ? story : { task: story.snapshot() };
  }

  private push(operation: string, params: any): object {
    if (operation.startsWith('Create')) {
      const push = { id: `p${this.pushes.length + 1}`, ...params };
      this.pushes.push(push);
      return push;
    }
    if (operation.startsWith('List')) return { configs: this.pushes };
    if (operation.startsWith('Get')) return this.pushes[0];
    return this.pushes.pop() ? {} : NOT_FOUND;
  }

  private accept(socket: Socket): void {
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(socket));
    if (this.resets > 0) {
      this.resets -= 1;
      socket.resetAndDestroy();
    }
  }

  private async serve(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { method = '', url = '', headers } = request;
    const sent = await text(request).catch(() => undefined);
    if (sent === undefined) return;
    if (url.endsWith('/agent-card.json')) {
      this.cardRequests.push(headers['if-none-match']);
      const respond = () => this.answerCard(headers, response);
      const fault = this.cardFault ?? respond;
      fault({ response, respond, act: () => undefined });
      return;
    }
    const body = sent === '' ? {} : JSON.parse(sent);
    const asked = { ...operationOf({ method, url, body }), headers };
    this.asked.push(asked);
    const respond = () => this.answer(asked, response, this.handle(asked));
    const fault = this.faults.shift();
    if (!fault) return respond();
    fault({ response, respond, act: () => void this.handle(asked) });
  }

  private answerCard(
    headers: IncomingHttpHeaders,
    response: ServerResponse,
  ): void {
    // The calls begin with a connection of their own.
    response.shouldKeepAlive = false;
    const etag = this.interfaces ? '"card"' : '"another"';
    const isKnown = headers['if-none-match'] === etag;
    response.writeHead(isKnown ? 304 : 200, { ETag: etag });
    response.end(isKnown ? undefined : JSON.stringify(this.card()));
  }

  card(): object {
    const { binding = 'JSONRPC', isIdempotent } = this.options;
    const { deadInterfaces = [] } = this.options;
    const own = [...deadInterfaces, `${this.url}/a2a`];
    const { interfaces = own } = this;
    const uri = 'urn:nest-a2a:idempotent-send:v1';
    return {
      name: 'Fault Agent',
      description: 'Fails.',
      version: '1.0.0',
      supportedInterfaces: interfaces.map((url) => ({
        url,
        protocolBinding: binding,
        protocolVersion: '1.0',
      })),
      capabilities: {
        streaming: true,
        pushNotifications: true,
        ...(isIdempotent && { extensions: [{ uri }] }),
      },
      defaultInputModes: ['text/plain'],
      defaultOutputModes: ['text/plain'],
      skills: [],
    };
  }
}
