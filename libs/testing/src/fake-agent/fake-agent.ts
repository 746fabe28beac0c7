import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  A2AError,
  AGENT_CARD_PATH,
  type AgentCard,
  internalError,
  isA2AError,
  isJsonObject,
  methodNotFound,
  type Operation,
  type ProtocolVersion,
  type SendMessageRequest,
  textOf,
  versionNotSupported,
} from '@nest-a2a/protocol';
import { fakeCard, type FakeCardOptions } from './fake-card.js';
import { FakeExchange, readJson } from './fake-exchange.js';
import { FakeOperations } from './fake-operations.js';
import { FakeRules, type MessageMatch } from './fake-rules.js';
import { type FakeScript, type FaultScript } from './fake-script.js';
import { FakeTasks } from './fake-tasks.js';
import { FakeWire } from './fake-wire.js';
import { readRoute, readRpc, type RoutedRequest } from './read-route.js';
import { type FakeBinding, type ReceivedRequest } from './received-request.js';

/** What a fake agent is like; everything has a default. */
export interface FakeAgentOptions {
  /** In the order of the card. @default ['JSONRPC', 'HTTP+JSON'] */
  readonly bindings?: readonly FakeBinding[];
  /** @default ['1.0', '0.3'] */
  readonly versions?: readonly ProtocolVersion[];
  /** Whether a message that is sent again with its id is taken once, and the card says so. @default false */
  readonly idempotent?: boolean;
  /** Members of the card that are to be others. */
  readonly card?: Partial<AgentCard>;
  /** On 127.0.0.1. @default any that is free */
  readonly port?: number;
}

/**
 * An agent that answers what a test says, over real HTTP, and remembers what it
 * was sent: for the tests of whatever calls agents. A message that nothing was
 * said about becomes a completed task with the same content.
 *
 * ```ts
 * const agent = await FakeAgent.start();
 * agent.next.unavailable(2).task('The report');
 * agent.when(/weather/).reply('Sunny');
 * ```
 */
export class FakeAgent {
  /** Where the agent is. */
  readonly url: string;
  private readonly rules = new FakeRules();
  private readonly tasks: FakeTasks;
  private readonly operations: FakeOperations;
  private readonly requests: ReceivedRequest[] = [];
  private readonly waiting = new Set<() => void>();
  private held: Promise<void> = Promise.resolve();
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly server: Server,
    private readonly options: FakeCardOptions,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.tasks = new FakeTasks(options.isIdempotent);
    this.operations = new FakeOperations(this.tasks);
    server.on('request', (request, response) => {
      void this.serve(request, response);
    });
  }

  /** Starts an agent on a real port. Close it. */
  static async start({
    bindings = ['JSONRPC', 'HTTP+JSON'],
    versions = ['1.0', '0.3'],
    idempotent: isIdempotent = false,
    card = {},
    port = 0,
  }: FakeAgentOptions = {}): Promise<FakeAgent> {
    const server = createServer();
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return new FakeAgent(server, { bindings, versions, isIdempotent, card });
  }

  /** What is answered to the next messages, one answer each, whatever they say. */
  get next(): FakeScript {
    return this.rules.next;
  }

  /** What is answered to all messages; the last answer stays. */
  get always(): FakeScript {
    return this.when(() => true);
  }

  /** What is answered to such messages, unless `next` has something for them; the last answer stays, and the latest rule counts. */
  when(match: MessageMatch): FakeScript {
    return this.rules.when(match);
  }

  /** What goes wrong with the next requests of an operation, such as `GetTask`. */
  whenAsked(operation: Operation): FaultScript {
    return this.rules.whenAsked(operation);
  }

  /** Lets everybody wait for an answer from now on. @returns lets them go on */
  hold(): () => void {
    let release = (): void => undefined;
    this.held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  /** What the agent was asked, in that order, but for its card. */
  get received(): readonly ReceivedRequest[] {
    return this.requests;
  }

  /** Resolves with all that the agent was asked when there is so much. */
  async waitFor(count: number): Promise<readonly ReceivedRequest[]> {
    while (this.requests.length < count) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    return this.requests;
  }

  /** Closes the agent with its connections. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  /** For `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async end(): Promise<void> {
    this.tasks.stop();
    this.server.close();
    this.server.closeAllConnections();
    if (this.server.listening) await once(this.server, 'close');
  }

  private async serve(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { method = '', url = '' } = request;
    const target = new URL(url, this.url);
    if (target.pathname.endsWith(AGENT_CARD_PATH)) {
      const card = fakeCard(this.url, this.options);
      const json = { 'Content-Type': 'application/json' };
      response.writeHead(200, json).end(JSON.stringify(card));
      return;
    }
    let wire = new FakeWire('1.0', 'HTTP+JSON', undefined);
    try {
      const body = await readJson(request);
      const isRpc = method === 'POST' && target.pathname === '/';
      const routed = isRpc ? readRpc(body) : readRoute(method, target, body);
      const rpcId = isJsonObject(body) ? body.id : undefined;
      wire = new FakeWire(routed.version, routed.binding, rpcId);
      this.assertSpoken(routed);
      const received = this.note(routed, wire, request);
      await this.answer(received, new FakeExchange(response, wire));
    } catch (error) {
      const known = isA2AError(error) ? error : internalError(error);
      new FakeExchange(response, wire).error(known);
    }
  }

  private assertSpoken({ version, binding }: RoutedRequest): void {
    const { versions, bindings } = this.options;
    if (!versions.includes(version)) {
      throw versionNotSupported(version, versions);
    }
    if (!bindings.includes(binding)) {
      throw methodNotFound();
    }
  }

  private note(
    { operation, params, version, binding }: RoutedRequest,
    wire: FakeWire,
    { headers }: IncomingMessage,
  ): ReceivedRequest {
    const request = wire.read({ operation, params, version, binding });
    const { message } = request as Partial<SendMessageRequest>;
    const received: ReceivedRequest = {
      operation,
      params: request,
      message,
      text: textOf(message?.parts ?? []),
      headers,
      version,
      binding,
    };
    this.requests.push(received);
    this.waiting.forEach((notify) => notify());
    this.waiting.clear();
    return received;
  }

  private async answer(
    received: ReceivedRequest,
    exchange: FakeExchange,
  ): Promise<void> {
    const { operation, params, message } = received;
    // Decided now: answers are in the order of the requests.
    const isRepeated = message && this.tasks.takenFor(message);
    const answer = isRepeated ? undefined : this.rules.answerTo(received);
    await this.held;
    if (answer?.kind === 'error') {
      throw new A2AError(answer.code, answer.message);
    }
    if (answer?.kind === 'http' || answer?.kind === 'cut') {
      exchange.fail(answer);
    } else if (message) {
      const request = params as SendMessageRequest;
      await this.operations.send(operation, request, { exchange, answer });
    } else {
      await this.operations.perform(operation, params, exchange);
    }
  }
}
