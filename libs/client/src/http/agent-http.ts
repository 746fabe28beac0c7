import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import {
  admitUrl,
  createGuardedHttp,
  type EgressPolicy,
  type GuardedHttp,
  type OriginCertificate,
  type ResolveHost,
} from '@nest-a2a/egress';
import { isA2AClientError } from '../errors/a2a-client-error.js';
import { fromEgressFailure } from './egress-failure.js';
import {
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
} from './http-transport.js';

/**
 * Servers keep an unused connection for five seconds or longer: those of Node.js
 * and of uvicorn for five. A request must not meet the end of one.
 */
const IDLE_SOCKET_MS = 4_000;

/** Not sent unless a caller does: axios would add its own values. */
const HEADERS = {
  Accept: false,
  'Content-Type': false,
  'User-Agent': 'nest-a2a-client',
} as const;

/** Which destinations a client may call. */
export interface Reach {
  policy: EgressPolicy;
  /** Origins of the caller's own URL, which need not obey the policy. */
  trustedOrigins: readonly string[];
  /** Milliseconds until there is a connection. @default no limit but that of the call */
  connectTimeoutMs?: number | undefined;
  /** @default none */
  clientCertificate?: OriginCertificate | undefined;
  /** @default the resolver of the operating system */
  resolve?: ResolveHost | undefined;
}

/** The one way of the client to the network: guarded, never redirected, without a proxy. */
export class AgentHttp implements HttpTransport {
  readonly #http: GuardedHttp;
  readonly #reach: Reach;

  /** @throws TypeError for a client certificate that cannot be read */
  constructor(reach: Reach) {
    const { clientCertificate } = reach;
    this.#reach = reach;
    this.#http = createGuardedHttp({
      policy: reach.policy,
      trustedOrigins: reach.trustedOrigins,
      keepAlive: true,
      idleSocketMs: IDLE_SOCKET_MS,
      connectTimeoutMs: reach.connectTimeoutMs ?? Infinity,
      ...(clientCertificate && { clientCertificate }),
      ...(reach.resolve && { resolve: reach.resolve }),
    });
  }

  /**
   * Judges a URL by its text, without a connection. What a name resolves to is
   * judged at each connection.
   *
   * @throws A2AClientError `not-allowed`
   */
  assertAllowed(url: string): void {
    if (this.#reach.trustedOrigins.includes(new URL(url).origin)) {
      return;
    }
    try {
      admitUrl(url, this.#reach.policy);
    } catch (error) {
      throw fromEgressFailure(error);
    }
  }

  /** Resolves with a response of any status. @throws A2AClientError */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const { status, data } = await this.#receive(request);
    const leave = (reason: Error) => void data.destroy(reason);
    return { status, headers: data.headers, body: chunksOf(data), leave };
  }

  /** Destroys all sockets and waits until they are closed. Idempotent. */
  close(): Promise<void> {
    return this.#http.close();
  }

  async #receive({ method, url, headers, body, signal }: HttpRequest) {
    try {
      return await this.#http.axios.request<IncomingMessage>({
        method,
        url,
        headers: { ...HEADERS, ...headers },
        data: body,
        transformRequest: [(data: unknown) => data],
        transformResponse: [],
        responseType: 'stream',
        signal,
      });
    } catch (error) {
      throw fromEgressFailure(error, this.#http.isUnsent(error));
    }
  }
}

async function* chunksOf(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw isA2AClientError(error) ? error : fromEgressFailure(error);
  }
}
