import { PostgresSetupError } from '../postgres-errors.js';

/** An error in words for the operator, without the secrets of a URL. */
export function explain(error: unknown, url?: string): string {
  const text = error instanceof Error ? error.message : String(error);
  // These are our own words, and a short password must not tear holes into them.
  return error instanceof PostgresSetupError && error.code === 'SCHEMA_OUTDATED'
    ? text
    : secretsOf(url).reduce(
        (shown, secret) => shown.replaceAll(secret, '***'),
        text,
      );
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
