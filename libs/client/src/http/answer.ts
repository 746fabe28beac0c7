import { type IncomingHttpHeaders } from 'node:http';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { type HttpResponse } from './http-transport.js';

/** A response whose body has been read whole. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** What `JSON.parse` made of the body; `undefined` where there is none, or an error without JSON. */
  body: unknown;
}

/** Whether a status is one of the 2xx; which of them agents use differs (A2A §11 names none). */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Whether the body of a response is a stream of server-sent events. */
export function isEventStream({ status, headers }: HttpResponse): boolean {
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';', 1);
  return (
    isSuccess(status) && mediaType.trim().toLowerCase() === 'text/event-stream'
  );
}

/**
 * Reads a JSON body of whatever media type.
 *
 * @throws A2AClientError `response-too-large`, `invalid-response` where a success has a body that is not JSON
 */
export async function readAnswer(
  { status, headers, body }: HttpResponse,
  maxBytes: number,
): Promise<HttpAnswer> {
  const text = await readText(body, maxBytes);
  return { status, headers, body: parseBody(text, status) };
}

async function readText(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new A2AClientError(
        'response-too-large',
        `The answer is larger than ${maxBytes} bytes`,
      );
    }
    chunks.push(chunk);
  }
  // Unlike `toString`, this leaves out a byte order mark.
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parseBody(text: string, status: number): unknown {
  if (text.trim() === '') {
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (!isSuccess(status)) {
      return undefined;
    }
    throw new A2AClientError('invalid-response', 'The answer is not JSON', {
      status,
      cause,
    });
  }
}
