import { PostgresSetupError } from '../postgres-errors.js';

/** An error in words for the operator, without the secrets of a URL. */
export function explain(error: unknown, url?: string): string {
  const text = textOf(error);
  if (error instanceof PostgresSetupError) {
    return text;
  }
  return secretsOf(url).reduce(
    (shown, secret) => shown.replaceAll(secret, '***'),
    text,
  );
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    // All addresses of a host were tried.
    return error.errors.map(textOf).join('; ');
  }
  return error instanceof Error && error.message !== ''
    ? error.message
    : String(error);
}

/** The longest first: the URL, its password as it is written and as it is meant. */
function secretsOf(url: string | undefined): string[] {
  const password = /^[^:]+:\/\/[^:@/]*:([^@]*)@/.exec(url ?? '')?.[1];
  return [url, password, password && decoded(password)].filter(
    (secret): secret is string => secret !== undefined && secret !== '',
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
