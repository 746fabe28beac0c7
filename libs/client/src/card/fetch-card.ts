import { type IncomingHttpHeaders } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { A2A_MEDIA_TYPE, type AgentCard, isA2AError } from '@nest-a2a/protocol';
import {
  A2AClientError,
  isA2AClientError,
} from '../errors/a2a-client-error.js';
import { type AgentHttp } from '../http/agent-http.js';
import { type HttpAnswer, isSuccess, readAnswer } from '../http/answer.js';
import { type CardUrls } from './card-urls.js';

/** What goes with a request for a card. */
export interface CardRequest {
  headers: Readonly<Record<string, string>>;
  maxBytes: number;
  signal: AbortSignal;
  /** Makes a card of the body. */
  read: CardReader;
}

/** Makes a card of what came in its place, or throws. */
export type CardReader = (
  received: unknown,
  signal: AbortSignal,
) => Promise<AgentCard>;

/** A card, and what its next look needs to know. */
export interface FetchedCard {
  readonly card: AgentCard;
  /** Where it is; empty for a card that was given. */
  readonly url: string;
  /** Those of the response, of all that came since the card did. */
  readonly headers: IncomingHttpHeaders;
}

/**
 * Reads the card at the first of the URLs that has one; at a former one only
 * where there is nothing at all at the others.
 *
 * @throws A2AClientError `card-unavailable` where none has one, or what the connection failed with
 * @throws A2AClientError `card-not-trusted`, `card-refused`, `response-too-large`
 * @throws A2AError `INVALID_AGENT_RESPONSE` for a card that is not valid
 */
export async function fetchCard(
  http: AgentHttp,
  { current, former }: CardUrls,
  request: CardRequest,
): Promise<FetchedCard> {
  try {
    return await fetchFirst(http, current, request);
  } catch (error) {
    if (former.length === 0 || !isNotFound(error)) {
      throw error;
    }
    return await fetchFirst(http, former, request).catch(() => {
      // What is wrong at a place that nobody has to know says less.
      throw error;
    });
  }
}

async function fetchFirst(
  http: AgentHttp,
  urls: readonly string[],
  request: CardRequest,
): Promise<FetchedCard> {
  const failures: unknown[] = [];
  for (const url of urls) {
    try {
      return await fetchOne(http, url, request);
    } catch (error) {
      if (!isElsewhere(error)) {
        throw error;
      }
      failures.push(error);
    }
  }
  // "Not found" says less than any other reason.
  throw failures.find((error) => !isNotFound(error)) ?? failures.at(-1);
}

async function fetchOne(
  http: AgentHttp,
  url: string,
  request: CardRequest,
): Promise<FetchedCard> {
  const { status, headers, body } = await ask(http, url, request);
  if (!isSuccess(status)) {
    throw unavailable(url, status);
  }
  const card = await request.read(body, request.signal);
  return { card, url, headers };
}

/**
 * Looks whether a card is still the same (RFC 9111 §4.3).
 *
 * @returns the same card, as an object, where the agent says so or sends it again
 */
export async function fetchCardAgain(
  http: AgentHttp,
  known: FetchedCard,
  request: CardRequest,
): Promise<FetchedCard> {
  const { url } = known;
  const { status, headers, body } = await ask(http, url, {
    ...request,
    headers: { ...request.headers, ...conditionsOf(known.headers) },
  });
  if (status === 304) {
    // The age was that of the answer which is confirmed now (RFC 9111 §4.3.4).
    const { age: _age, ...kept } = known.headers;
    return { ...known, headers: { ...kept, ...headers } };
  }
  if (!isSuccess(status)) {
    throw unavailable(url, status);
  }
  const card = await request.read(body, request.signal);
  const isSame = isDeepStrictEqual(card, known.card);
  return { card: isSame ? known.card : card, url, headers };
}

function conditionsOf(headers: IncomingHttpHeaders): Record<string, string> {
  const { etag, 'last-modified': lastModified } = headers;
  return {
    ...(etag !== undefined && { 'If-None-Match': etag }),
    ...(lastModified !== undefined && { 'If-Modified-Since': lastModified }),
  };
}

async function ask(
  http: AgentHttp,
  url: string,
  { headers, signal, maxBytes }: CardRequest,
): Promise<HttpAnswer> {
  const response = await http.send({
    method: 'GET',
    url,
    headers: { ...headers, Accept: `application/json, ${A2A_MEDIA_TYPE}` },
    signal,
  });
  return readAnswer(response, maxBytes);
}

function unavailable(url: string, status: number): A2AClientError {
  const { origin, pathname } = new URL(url);
  return new A2AClientError(
    'card-unavailable',
    `There is no agent card at ${origin}${pathname}: HTTP ${status}`,
    { status },
  );
}

/**
 * Whether the card may be at the next URL. Not where the agent wants to know
 * first who asks (401), or has no time: the next card could be another agent's.
 */
function isElsewhere(error: unknown): boolean {
  if (!isA2AClientError(error)) {
    return isA2AError(error);
  }
  const { code, status = 0 } = error;
  return code === 'card-unavailable'
    ? status >= 400 && status < 500 && status !== 401 && status !== 429
    : code === 'invalid-response' && status !== 0;
}

function isNotFound(error: unknown): boolean {
  return isA2AClientError(error) && error.status === 404;
}
