import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type AxiosInstance } from 'axios';
import { readCappedBody } from './capped-body.js';
import { type ConnectionGate } from './connection-gate.js';
import { EgressError } from './egress-error.js';
import { isHeaderValue, isReservedHeader, isToken } from './header-values.js';
import { RequestDeadline, assertTimeout } from './request-deadline.js';
import { toEgressError } from './to-egress-error.js';

const DEFAULT_DEADLINE_MS = 15_000;
const DEFAULT_MAX_BODY_BYTES = 16_384;
const DEFAULT_BODY_TIMEOUT_MS = 1_000;

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
]);

/** Not sent unless the caller does: axios would add values of its own. */
const SUPPRESSED_DEFAULTS = ['accept', 'content-type', 'user-agent'];

/** Methods of a guarded request. */
export type RequestMethod =
  'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request with a bounded time and a bounded answer. */
export interface GuardedRequest {
  readonly url: string;
  /** @default 'GET' */
  readonly method?: RequestMethod;
  /** Tokens and visible ASCII; none that decides on framing or routing. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent exactly as it is, with `Content-Length`; a string as UTF-8. */
  readonly body?: Buffer | string;
  /**
   * Milliseconds for everything up to the response headers together: waiting for
   * a free socket, name resolution, TCP, TLS, request and headers.
   * @default 15000
   */
  readonly deadlineMs?: number;
  /** @default 16384 */
  readonly maxBodyBytes?: number;
  /**
   * Milliseconds for the body, counted from the response headers.
   * @default 1000
   */
  readonly bodyTimeoutMs?: number;
  /** Before the response headers it rejects with `aborted`; after them it cuts the body. */
  readonly signal?: AbortSignal;
}

/** The response, of whatever status. */
export interface GuardedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Not decompressed; at most `maxBodyBytes`. */
  readonly body: Buffer;
  /** True when the body was cut or broke off. */
  readonly truncated: boolean;
  /** The address that answered. For the operator, not for clients. */
  readonly remoteAddress: string;
  /** Milliseconds from the call to the response headers. */
  readonly durationMs: number;
}

/**
 * Sends one request. Resolves as soon as the body is complete, over its cap or
 * over its time; the status line alone decides that a response has arrived.
 * @throws EgressError before a response; see {@link EgressError.code}
 * @throws TypeError for limits out of range or an unknown method
 */
export async function sendGuarded(
  { axios, gate }: { axios: AxiosInstance; gate: ConnectionGate },
  request: GuardedRequest,
): Promise<GuardedResponse> {
  const startedAt = performance.now();
  const { bodyTimeoutMs = DEFAULT_BODY_TIMEOUT_MS } = request;
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = request;
  assertTimeout(bodyTimeoutMs, 'bodyTimeoutMs');
  assertSize(maxBodyBytes);
  const head = await receiveHead(axios, request);
  const durationMs = performance.now() - startedAt;
  const remoteAddress = gate.peerOf(head.socket) ?? '';
  const { body, truncated } = await readCappedBody(head, {
    maxBytes: maxBodyBytes,
    timeoutMs: bodyTimeoutMs,
    signal: request.signal,
  });
  return {
    status: head.statusCode ?? 0,
    headers: head.headers,
    body,
    truncated,
    remoteAddress,
    durationMs,
  };
}

async function receiveHead(
  axios: AxiosInstance,
  request: GuardedRequest,
): Promise<IncomingMessage> {
  const { url, method = 'GET', headers = {}, body } = request;
  assertMethod(method);
  assertHeaders(headers);
  const { deadlineMs = DEFAULT_DEADLINE_MS, signal } = request;
  const deadline = new RequestDeadline(deadlineMs, signal);
  try {
    const response = await axios.request<IncomingMessage>({
      url,
      method,
      headers: withoutDefaults(headers),
      data: body,
      transformRequest: [(data: unknown) => data],
      transformResponse: [],
      responseType: 'stream',
      maxContentLength: -1,
      signal: deadline.signal,
    });
    return response.data;
  } catch (error) {
    throw deadline.error ?? toEgressError(error);
  } finally {
    deadline.stop();
  }
}

function withoutDefaults(
  headers: Readonly<Record<string, string>>,
): Record<string, string | false> {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const suppressed = SUPPRESSED_DEFAULTS.filter((name) => !given.has(name));
  return {
    ...headers,
    ...Object.fromEntries(suppressed.map((name) => [name, false] as const)),
  };
}

function assertMethod(method: string): void {
  if (!METHODS.has(method)) {
    throw new TypeError(`method must be one of ${[...METHODS].join(', ')}`);
  }
}

function assertSize(maxBodyBytes: number): void {
  if (!(maxBodyBytes >= 0)) {
    throw new TypeError('maxBodyBytes must not be negative');
  }
}

function assertHeaders(headers: Readonly<Record<string, string>>): void {
  const areSafe = Object.entries(headers).every(
    ([name, value]) =>
      isToken(name) && !isReservedHeader(name) && isHeaderValue(value),
  );
  if (!areSafe) {
    throw new EgressError('header-not-allowed');
  }
}
