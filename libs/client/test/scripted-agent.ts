import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { type Task } from '@nest-a2a/protocol';
import { A2AClient } from '../src/a2a-client.js';
import {
  type A2AClientOptions,
  type ClientBindingName,
} from '../src/client-options.js';

export const BINDINGS = ['JSONRPC', 'HTTP+JSON'] as const;

/** A request as it came over the wire. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  /** What `JSON.parse` makes of the text; `undefined` where there is none. */
  body: any;
}

export type Script = (
  request: SeenRequest,
  response: ServerResponse,
) => unknown;

/** An agent that answers what a test tells it, and remembers what it was asked. */
export class ScriptedAgent {
  readonly requests: SeenRequest[] = [];
  readonly sockets = new Set<Socket>();
  readonly url: string;
  connections = 0;
  script: Script = (_, response) => json(response, {}, 501);
  card: Record<string, unknown>;
  /** Without a card, the script answers for it too. */
  hasCard = true;

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.card = cardFor(this.url);
    server.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      void this.answer(request, response);
    });
  }

  static async start(): Promise<ScriptedAgent> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new ScriptedAgent(server);
  }

  /** The requests but for those of the card. */
  get calls(): SeenRequest[] {
    return this.requests.filter(({ path }) => !path.endsWith('.json'));
  }

  connect(
    binding: ClientBindingName,
    options: A2AClientOptions = {},
  ): Promise<A2AClient> {
    return A2AClient.connect(this.url, { binding, ...options });
  }

  /** Waits until the other side has closed every connection. */
  async allClosed(): Promise<void> {
    while (this.sockets.size > 0) {
      await Promise.all([...this.sockets].map(closeOf));
    }
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const seen = await see(request);
    this.requests.push(seen);
    if (this.hasCard && seen.path === '/.well-known/agent-card.json') {
      json(response, this.card);
    } else {
      await this.script(seen, response);
    }
  }
}

/** Unlike `once`, this does not mind a reset. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined).once('close', () => resolve());
  });
}

async function see(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString();
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    text,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** A card with both bindings, below `/rpc` and `/rest`. */
export function cardFor(url: string): Record<string, unknown> {
  return {
    name: 'Report Generator',
    description: 'Generates reports',
    version: '0.1.0',
    supportedInterfaces: [
      interfaceOf(`${url}/rpc`, 'JSONRPC'),
      interfaceOf(`${url}/rest`, 'HTTP+JSON'),
    ],
    capabilities: {
      streaming: true,
      pushNotifications: true,
      extendedAgentCard: true,
    },
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [],
  };
}

/** A card of A2A 0.3 with one interface, below `/rpc` or `/rest`. */
export function v03CardFor(
  url: string,
  preferredTransport: ClientBindingName,
): Record<string, unknown> {
  return {
    protocolVersion: '0.3.0',
    name: 'Old Generator',
    description: 'Generates reports as it always did',
    version: '0.1.0',
    url: url + (preferredTransport === 'JSONRPC' ? '/rpc' : '/rest'),
    preferredTransport,
    capabilities: { streaming: true, pushNotifications: true },
    supportsAuthenticatedExtendedCard: true,
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [],
  };
}

export function interfaceOf(
  url: string,
  protocolBinding: string,
  more: object = {},
): object {
  return { url, protocolBinding, protocolVersion: '1.0', ...more };
}

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json', ...headers })
    .end(JSON.stringify(body));
}

/** Begins an event stream; what is written to the response goes out at once. */
export function beginStream(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.flushHeaders();
  return response;
}

/** A result in the envelope of a binding. */
export function wrap(
  binding: ClientBindingName,
  request: SeenRequest,
  result: unknown,
): unknown {
  return binding === 'JSONRPC'
    ? { jsonrpc: '2.0', id: request.body.id, result }
    : result;
}

/** A result as an SSE frame of a binding. */
export function frame(
  binding: ClientBindingName,
  request: SeenRequest,
  result: unknown,
): string {
  return `data: ${JSON.stringify(wrap(binding, request, result))}\n\n`;
}

/** A script that answers every request with one result. */
export function answering(binding: ClientBindingName, result: unknown): Script {
  return (request, response) => json(response, wrap(binding, request, result));
}

/** A script that answers every request with a stream of these results. */
export function streaming(
  binding: ClientBindingName,
  ...results: unknown[]
): Script {
  return (request, response) => {
    const frames = results.map((one) => frame(binding, request, one));
    beginStream(response).end(frames.join(''));
  };
}

export function taskIn(state: string, more: Partial<Task> = {}): object {
  return {
    id: 't1',
    contextId: 'c1',
    status: { state: `TASK_STATE_${state}` },
    ...more,
  };
}

/** The values of an iterable. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) {
    collected.push(value);
  }
  return collected;
}

/** What a promise rejects with. */
export async function failureOf(work: Promise<unknown>): Promise<any> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
}
