import { isHeaderValue } from '@nest-a2a/egress';

/** Tokens are fetched anew so long before they expire, or a tenth of their life before it. */
const EARLY_MS = 60_000;
const EARLY_PART = 0.1;

/** A bearer token and how long it is good. */
export interface AccessToken {
  readonly value: string;
  /** Milliseconds since the epoch; `Infinity` where that is not known. */
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/**
 * Reads the answer of a token endpoint (RFC 6749 §5.1).
 *
 * @param requestedAt when it was asked for: it lives since then at the earliest
 * @returns `undefined` for what is no bearer token
 */
export function parseAccessToken(
  answer: unknown,
  requestedAt: number,
): AccessToken | undefined {
  if (typeof answer !== 'object' || answer === null) {
    return undefined;
  }
  const {
    access_token: value,
    token_type: type,
    expires_in: expiresIn,
  } = answer as Record<string, unknown>;
  const lifeMs = lifeOf(expiresIn);
  if (!isToken(value) || !isBearer(type) || lifeMs === undefined) {
    return undefined;
  }
  const earlyMs = Math.min(EARLY_MS, lifeMs * EARLY_PART);
  const expiresAt = requestedAt + lifeMs;
  return { value, refreshAt: expiresAt - earlyMs, expiresAt };
}

function isToken(value: unknown): value is string {
  return isHeaderValue(value) && value !== '' && !value.includes(' ');
}

function isBearer(type: unknown): boolean {
  return typeof type === 'string' && type.toLowerCase() === 'bearer';
}

/** Some servers write the number as text. */
function lifeOf(expiresIn: unknown): number | undefined {
  if (expiresIn === undefined || expiresIn === null) {
    return Infinity;
  }
  const isNumeric =
    typeof expiresIn === 'number' ||
    (typeof expiresIn === 'string' && /^\d{1,15}$/.test(expiresIn));
  const seconds = isNumeric ? Number(expiresIn) : -1;
  return seconds >= 0 ? seconds * 1_000 : undefined;
}
