import { StoreError } from './store-error.js';

/** Longer than any token of ours: a position holds one id. */
const MAX_TOKEN_LENGTH = 8_192;

/** A position as text that says nothing to callers. */
export function toPageToken(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Reads a token that {@link toPageToken} made.
 *
 * @throws StoreError `INVALID_PAGE_TOKEN`
 */
export function parsePageToken<T extends readonly (string | number)[]>(
  token: string,
  isPosition: (value: unknown) => value is T,
): T {
  const position = token.length > MAX_TOKEN_LENGTH ? undefined : decode(token);
  // Base64 has more than one spelling of the same bytes; ours is the only one we made.
  if (!isPosition(position) || toPageToken(position) !== token) {
    throw new StoreError(
      'INVALID_PAGE_TOKEN',
      'The page token is not one that a list has answered with',
    );
  }
  return position;
}

function decode(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined;
  }
}
