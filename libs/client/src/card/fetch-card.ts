import { A2A_MEDIA_TYPE, type AgentCard, isA2AError } from '@nest-a2a/protocol';
import {
  A2AClientError,
  isA2AClientError,
} from '../errors/a2a-client-error.js';
import { type AgentHttp } from '../http/agent-http.js';
import { isSuccess, readAnswer } from '../http/answer.js';
import { type CardUrls } from './card-urls.js';
import { readCard } from './read-card.js';
import { type CardVerifier } from './verify-card.js';

const MAX_CARD_BYTES = 1_048_576;

/** What goes with a request for a card. */
export interface CardRequest {
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /** @default the card is believed as it comes */
  verify?: CardVerifier | undefined;
}

/**
 * Reads the card at the first of the URLs that has one; at a former one only
 * where there is nothing at all at the others. Nothing is cached, so there is
 * nothing that could be stale (RFC 9111).
 *
 * @throws A2AClientError `card-unavailable` where none has one, or what the connection failed with
 * @throws A2AClientError `card-not-trusted`
 * @throws A2AError `INVALID_AGENT_RESPONSE` for a card that is not valid
 */
export async function fetchCard(
  http: AgentHttp,
  { current, former }: CardUrls,
  request: CardRequest,
): Promise<AgentCard> {
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
): Promise<AgentCard> {
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
  { headers, signal, verify }: CardRequest,
): Promise<AgentCard> {
  const response = await http.send({
    method: 'GET',
    url,
    headers: { ...headers, Accept: `application/json, ${A2A_MEDIA_TYPE}` },
    signal,
  });
  const { status, body } = await readAnswer(response, MAX_CARD_BYTES);
  if (!isSuccess(status)) {
    const { origin, pathname } = new URL(url);
    throw new A2AClientError(
      'card-unavailable',
      `There is no agent card at ${origin}${pathname}: HTTP ${status}`,
      { status },
    );
  }
  return readCard(verify ? await verify(body, signal) : body);
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
