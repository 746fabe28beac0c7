import { Readable } from 'node:stream';
import { isWebhookError, WebhookError } from './webhook-error.js';
import { type HeaderReader } from './webhook-headers.js';

/**
 * The body exactly as it came: bytes, a text that was decoded from UTF-8, or a
 * stream of bytes such as the request of Node.js or the body of a `Request`.
 * What was parsed already cannot be verified.
 */
export type WebhookBody =
  Uint8Array | string | AsyncIterable<Uint8Array> | null | undefined;

/**
 * Reads a body, at most so many bytes of it.
 *
 * @throws WebhookError `body-too-large`, `body-not-valid` for a compressed one
 * @throws TypeError where it was parsed already
 */
export async function readWebhookBody(
  body: WebhookBody,
  { header, maxBytes }: { header: HeaderReader; maxBytes: number },
): Promise<Uint8Array> {
  const encoding = header('content-encoding').toLowerCase();
  if (encoding !== '' && encoding !== 'identity') {
    // A small body could become a large one.
    throw notValid('The body of a webhook is compressed');
  }
  const bytes = await bytesOf(body ?? '', maxBytes);
  if (bytes.byteLength > maxBytes) {
    throw tooLarge(maxBytes);
  }
  return bytes;
}

/**
 * Reads bytes as JSON.
 *
 * @throws WebhookError `body-not-valid`
 */
export function parseWebhookBody(bytes: Uint8Array): unknown {
  try {
    // Strict: a byte that is no UTF-8 must not become another character.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text) as unknown;
  } catch {
    // The message of the parser quotes what it was given.
    throw notValid('The body of a webhook is not JSON in UTF-8');
  }
}

async function bytesOf(
  body: Exclude<WebhookBody, null | undefined>,
  maxBytes: number,
): Promise<Uint8Array> {
  if (typeof body === 'string') {
    return Buffer.from(body);
  }
  if (body instanceof Uint8Array) {
    return body;
  }
  if (!(Symbol.asyncIterator in body)) {
    throw new TypeError(
      'The body of a webhook must be the bytes that came: give the request itself, or read it with a parser for raw bodies',
    );
  }
  try {
    return await collect(body, maxBytes);
  } catch (cause) {
    if (body instanceof Readable) {
      // What is left unread would hold up the connection.
      body.resume();
    }
    if (isWebhookError(cause)) {
      throw cause;
    }
    throw new WebhookError('body-not-valid', 'The body broke off', { cause });
  }
}

async function collect(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of kept(body)) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw tooLarge(maxBytes);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Leaving the loop early would destroy a request of Node.js: what is left of it could not be read away any more. */
function kept(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return body instanceof Readable
    ? (body.iterator({
        destroyOnReturn: false,
      }) as AsyncIterable<Uint8Array>)
    : body;
}

function tooLarge(maxBytes: number): WebhookError {
  return new WebhookError(
    'body-too-large',
    `The body of a webhook is larger than ${maxBytes} bytes`,
  );
}

function notValid(message: string): WebhookError {
  return new WebhookError('body-not-valid', message);
}
