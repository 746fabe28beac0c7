import { randomUUID } from 'node:crypto';
import { type WireAnswer } from './a2a-http.js';

/** A message of 0.3 on JSON-RPC. */
export function oldMessage(text: string, message: object = {}): any {
  return {
    kind: 'message',
    messageId: randomUUID(),
    role: 'user',
    parts: [{ kind: 'text', text }],
    ...message,
  };
}

/** The same in the form of the protocol buffers, for HTTP+JSON. */
export function oldProtoMessage(text: string, message: object = {}): any {
  return {
    messageId: randomUUID(),
    role: 'ROLE_USER',
    content: [{ text }],
    ...message,
  };
}

/** What a request of 0.3 can have besides its params. */
interface OldInit {
  headers?: Record<string, string>;
  method?: string;
}

/** Opens a request of 0.3 on JSON-RPC, as a client of that time sent it: without a version. */
export function openOldRpc(
  url: string,
  method: string,
  params?: unknown,
  { headers = {} }: OldInit = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'r1', method, params }),
  });
}

/** Calls a method of 0.3 on JSON-RPC. */
export async function callOldRpc(
  url: string,
  method: string,
  params?: unknown,
  init?: OldInit,
): Promise<WireAnswer> {
  return answer(await openOldRpc(url, method, params, init));
}

/** Opens a request of 0.3 on HTTP+JSON. @param path after `/v1`, with a leading slash */
export function openOldRest(
  url: string,
  path: string,
  body?: unknown,
  { headers = {}, method = body === undefined ? 'GET' : 'POST' }: OldInit = {},
): Promise<Response> {
  return fetch(`${url}/v1${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Calls a route of 0.3 on HTTP+JSON. */
export async function callOldRest(
  url: string,
  path: string,
  body?: unknown,
  init?: OldInit,
): Promise<WireAnswer> {
  return answer(await openOldRest(url, path, body, init));
}

async function answer(response: Response): Promise<WireAnswer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
