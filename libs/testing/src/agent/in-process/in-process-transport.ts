import { type IncomingMessage, request, type Server } from 'node:http';
import {
  A2AClientError,
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
} from '@nest-a2a/client';
import { MemorySocket } from './memory-socket.js';

/**
 * Carries requests to an HTTP server of this process that need not listen: each
 * on a connection of its own, in memory. Everything behind the socket is real.
 */
export class InProcessTransport implements HttpTransport {
  constructor(private readonly server: Server) {}

  async send(asked: HttpRequest): Promise<HttpResponse> {
    const response = await this.answerOf(asked);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: chunksOf(response),
      leave: (reason) => void response.destroy(reason),
    };
  }

  private answerOf(asked: HttpRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      this.begin(asked)
        .on('response', resolve)
        .on('error', (error) => reject(broken(error)))
        .end(asked.body);
    });
  }

  private begin({ method, url, headers, body, signal }: HttpRequest) {
    const { host, pathname, search } = new URL(url);
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    return request({
      method,
      path: pathname + search,
      headers: {
        Host: host,
        ...headers,
        ...(body !== undefined && { 'Content-Length': length }),
      },
      signal,
      createConnection: () => this.connect(),
    });
  }

  private connect(): MemorySocket {
    const [near, far] = MemorySocket.pair();
    this.server.emit('connection', far);
    return near;
  }
}

async function* chunksOf(
  response: IncomingMessage,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) {
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw broken(error);
  }
}

function broken(cause: unknown): Error {
  return cause instanceof A2AClientError
    ? cause
    : new A2AClientError('connection-failed', 'The agent under test hung up', {
        cause,
      });
}
