import { A2A_EXTENSIONS_HEADER, A2A_VERSION_HEADER } from '@nest-a2a/protocol';
import { type Parameter, type Reference } from './open-api.js';

const TEXT = { type: 'string' } as const;

/** Headers of answers, by the names of their components. */
export const ANSWER_HEADERS: Readonly<Record<string, object>> = Object.freeze({
  'A2A-Extensions': {
    description: 'The extensions that are active, with commas between them.',
    schema: TEXT,
  },
  'WWW-Authenticate': {
    description: 'How to authenticate.',
    schema: TEXT,
  },
  'Retry-After': {
    description: 'Seconds after which to try again.',
    schema: { type: 'integer', minimum: 0 },
  },
  ETag: { description: 'For If-None-Match.', schema: TEXT },
  'Cache-Control': { description: 'Who may keep it.', schema: TEXT },
});

const componentOf = (name: string) => `A2A.${name}`;

/** Those headers as components. */
export function headerComponents(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(ANSWER_HEADERS).map(([name, header]) => [
      componentOf(name),
      header,
    ]),
  );
}

/** Some headers of an answer. */
export function headersOf(...names: string[]): Record<string, Reference> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      { $ref: `#/components/headers/${componentOf(name)}` },
    ]),
  );
}

/** Headers of requests, by the names of their components. */
export const REQUEST_HEADERS: Readonly<Record<string, Parameter>> =
  Object.freeze({
    'A2A.Version': {
      name: A2A_VERSION_HEADER,
      in: 'header',
      required: true,
      description:
        'The version of the protocol. A request without one is taken for 0.3.',
      schema: { type: 'string', enum: ['1.0'] },
    },
    'A2A.Extensions': {
      name: A2A_EXTENSIONS_HEADER,
      in: 'header',
      description:
        'URIs of the extensions that the client knows, with commas between them.',
      schema: TEXT,
    },
    'A2A.LastEventId': {
      name: 'Last-Event-ID',
      in: 'header',
      description:
        'The `id` of the last event that has arrived: the stream goes on behind it.',
      schema: TEXT,
    },
    'A2A.IfNoneMatch': {
      name: 'If-None-Match',
      in: 'header',
      description: 'The ETag of what the caller has.',
      schema: TEXT,
    },
  });

/** Refers to some of them. */
export function requestHeaders(
  ...names: ('Version' | 'Extensions' | 'LastEventId' | 'IfNoneMatch')[]
): Reference[] {
  return names.map((name) => ({ $ref: `#/components/parameters/A2A.${name}` }));
}
