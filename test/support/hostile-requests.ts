import fc from 'fast-check';
import { garbled, mutated } from './mutations.js';
import { type RawRequest } from './raw-http.js';

/** A request as it should be, its body a value. */
export interface GoodRequest {
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const HEADERS: readonly Record<string, string>[] = [
  { 'Content-Type': 'text/html' },
  { 'Content-Type': ';;;=' },
  { 'Content-Type': 'application/json; charset=utf-7' },
  { 'Content-Type': 'application/vnd.nest-a2a.raw' },
  { 'Content-Encoding': 'gzip' },
  { 'Content-Encoding': 'nonsense' },
  { 'A2A-Version': '0.3' },
  { 'A2A-Version': '1.0' },
  { 'A2A-Version': '' },
  { 'A2A-Version': ','.repeat(500) },
  { 'A2A-Extensions': `${'a,'.repeat(500)}__proto__` },
  { Accept: ';q=,,*' },
  { Accept: 'text/event-stream' },
  { 'Last-Event-ID': '99999999999999999999' },
  { 'Last-Event-ID': '-1' },
  { Host: 'evil.example' },
  { 'X-Forwarded-Host': '::::' },
  { 'X-HTTP-Method-Override': 'DELETE' },
  { Expect: '100-continue' },
  { traceparent: 'x'.repeat(1_000) },
  { 'If-None-Match': '"\\' },
];

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'];

const SEGMENTS = [
  ...['tasks', 'TASKS', 'message:send', 'message:', 'message:send:'],
  ...['messages', 'extendedAgentCard', '.well-known', 'agent-card.json'],
  ...['pushNotificationConfigs', ':cancel', 'x:subscribe', 'x:cancel'],
  ...['v1', 'card', '%2e%2e', '..;', '%00', '%', '%FF', '*', ''],
  ...['__proto__', 'x'.repeat(300)],
];

const QUERIES = [
  '',
  '?',
  '?pageSize=1&pageSize[]=2&__proto__[x]=1',
  '?%',
  '?pageToken=%00&historyLength=NaN',
  '?A2A-Version=%F0%9F%92%A5',
];

const strayPath = fc
  .tuple(
    fc.array(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 4 }),
    fc.constantFrom(...QUERIES),
  )
  .map(([segments, query]) => `/${segments.join('/')}${query}`);

/** Requests that began as good ones. */
export function hostileRequest(
  good: readonly GoodRequest[],
): fc.Arbitrary<RawRequest> {
  return fc.constantFrom(...good).chain(hostile);
}

function hostile({
  path,
  body,
  headers,
}: GoodRequest): fc.Arbitrary<RawRequest> {
  return fc
    .record({
      isAstray: fc.constantFrom(true, false, false, false, false),
      method: fc.constantFrom(...METHODS),
      strayPath,
      isChunked: fc.boolean(),
      header: fc.option(fc.constantFrom(...HEADERS), { freq: 2 }),
      text: textOf(body),
    })
    .map(({ isAstray, isChunked, header, text, ...stray }) => ({
      method: isAstray ? stray.method : 'POST',
      path: isAstray ? stray.strayPath : path,
      headers: { 'Content-Type': 'application/json', ...headers, ...header },
      body:
        isChunked && !(isAstray && stray.method !== 'POST')
          ? [Buffer.from(text)]
          : text,
    }));
}

function textOf(good: unknown): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: mutated(good).map(toText) },
    { weight: 1, arbitrary: garbled(JSON.stringify(good)) },
    { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string()) },
  );
}

/** What was removed as a whole is an empty text. */
const toText = (value: unknown) =>
  (JSON.stringify(value) as string | undefined) ?? '';
