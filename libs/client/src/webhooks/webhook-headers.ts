import { WebhookError } from './webhook-error.js';

/** Headers as Node.js, Express and Fastify have them, or as the Fetch API does. */
export type WebhookHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { get(name: string): string | null };

/** Answers a header by its name in small letters; empty where there is none. */
export type HeaderReader = (name: string) => string;

/** What the headers of a webhook say about it, besides who sent it. */
export interface WebhookFacts {
  /** `webhook-id`: the same at every attempt. */
  readonly id?: string;
  /** `webhook-timestamp`: when this attempt was made, seconds. */
  readonly timestamp?: number;
  /** `A2A-Event-Sequence`: the place of the event in its task. */
  readonly sequence?: number;
  /** `A2A-Previous-Sequence`: the place of the event that was sent before it. */
  readonly previousSequence?: number;
}

const ID = /^[\x21-\x7e]{1,256}$/;
const WHOLE_NUMBER = /^\d{1,15}$/;

/** Reads headers whichever way they are written. */
export function headerReader(headers: WebhookHeaders): HeaderReader {
  if (isFetched(headers)) {
    return (name) => headers.get(name) ?? '';
  }
  const values = new Map(
    Object.entries(headers).map(([name, value = '']) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : [value].flat().join(', '),
    ]),
  );
  return (name) => values.get(name) ?? '';
}

function isFetched(
  headers: WebhookHeaders,
): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}

/** @throws WebhookError `header-not-valid` */
export function readFacts(header: HeaderReader): WebhookFacts {
  const id = header('webhook-id');
  if (id !== '' && !ID.test(id)) {
    throw notValid('webhook-id');
  }
  const timestamp = readNumber(header, 'webhook-timestamp');
  const sequence = readNumber(header, 'a2a-event-sequence');
  const previousSequence = readNumber(header, 'a2a-previous-sequence');
  return {
    ...(id !== '' && { id }),
    ...(timestamp !== undefined && { timestamp }),
    ...(sequence !== undefined && { sequence }),
    ...(previousSequence !== undefined && { previousSequence }),
  };
}

function readNumber(header: HeaderReader, name: string): number | undefined {
  const text = header(name);
  if (text === '') {
    return undefined;
  }
  if (!WHOLE_NUMBER.test(text)) {
    throw notValid(name);
  }
  return Number(text);
}

function notValid(name: string): WebhookError {
  return new WebhookError(
    'header-not-valid',
    `The header ${name} of a webhook has no form that it may have`,
  );
}
