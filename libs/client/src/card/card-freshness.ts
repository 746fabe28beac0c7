import { type IncomingHttpHeaders } from 'node:http';

/** Milliseconds that a card is fresh whose agent does not say (RFC 9111 §4.2.2). */
const HEURISTIC_MS = 300_000;

/** More seconds than that are as good as endless (RFC 9111 §1.2.2). */
const MAX_SECONDS = 2_147_483_648;

/** The longest that a card is believed without asking, whatever the agent says. */
const MAX_FRESH_MS = 86_400_000;

/**
 * Milliseconds from now for which a response is fresh (RFC 9111 §4.2), for a
 * private cache. 0 where it has to be validated before each use.
 */
export function freshForMs(
  headers: IncomingHttpHeaders,
  nowMs = Date.now(),
): number {
  const directives = directivesOf(headers['cache-control']);
  if (directives.has('no-store') || directives.has('no-cache')) {
    return 0;
  }
  const lifetimeMs =
    secondsOf(directives.get('max-age')) ?? expiryOf(headers, nowMs);
  const ageMs = secondsOf(headers.age) ?? 0;
  const freshMs = (lifetimeMs ?? HEURISTIC_MS) - ageMs;
  return Math.min(MAX_FRESH_MS, Math.max(0, freshMs));
}

/** The directives, the first of each name (RFC 9111 §5.2). */
function directivesOf(header = ''): Map<string, string> {
  const directives = new Map<string, string>();
  for (const directive of header.split(',')) {
    const [name = '', value = ''] = directive.trim().split('=', 2);
    const key = name.toLowerCase();
    if (!directives.has(key)) {
      directives.set(key, value.replace(/^"(.*)"$/, '$1'));
    }
  }
  return directives;
}

/** A number of seconds in milliseconds; one that is none makes a directive invalid, and that stale (RFC 9111 §4.2.1). */
function secondsOf(value: string | undefined): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!/^\d+$/.test(value)) {
    return 0;
  }
  return Math.min(Number(value), MAX_SECONDS) * 1_000;
}

/** What `Expires` says; a date that cannot be read is in the past (RFC 9111 §5.3). */
function expiryOf(
  { expires, date }: IncomingHttpHeaders,
  nowMs: number,
): number | undefined {
  if (expires === undefined) {
    return undefined;
  }
  const expiresMs = Date.parse(expires);
  const dateMs = Date.parse(date ?? '');
  return Number.isNaN(expiresMs)
    ? 0
    : expiresMs - (Number.isNaN(dateMs) ? nowMs : dateMs);
}
