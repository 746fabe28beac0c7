import { type ClientInterceptor } from '@nest-a2a/client';
import { UsageError } from './arguments/usage-error.js';
import { type CommandIo } from './io.js';

/**
 * The headers that were asked for. What is given here and now says more than the
 * environment, and `A2A_HEADERS` more than `A2A_TOKEN`.
 *
 * @param given as `Name: value`
 * @throws UsageError
 */
export function requestHeaders(
  given: readonly string[],
  { A2A_TOKEN: token, A2A_HEADERS: lines = '' }: CommandIo['env'],
): Record<string, string> {
  const known = lines.split(/\r?\n/).filter((line) => line.trim() !== '');
  return Object.fromEntries([
    ...(token ? [['authorization', `Bearer ${token}`] as const] : []),
    ...known.map((line) => parseHeader(line, 'A2A_HEADERS')),
    ...given.map((line) => parseHeader(line, '--header')),
  ]);
}

/** @throws UsageError, which does not show it: it may be a secret */
function parseHeader(header: string, source: string): [string, string] {
  const [, name, value] =
    /^([^:\s]+):[\t ]*([\t\x20-\x7e]+)$/.exec(header) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`${source} must be "Name: value", in visible ASCII`);
  }
  // One name in two cases would be two headers.
  return [name.toLowerCase(), value];
}

/** They may be secrets: no host gets them that only the card names. */
export function withHeaders(
  headers: Readonly<Record<string, string>>,
): ClientInterceptor {
  return (call, next) => {
    if (call.isTrusted) {
      Object.assign(call.headers, headers);
    }
    return next(call);
  };
}
