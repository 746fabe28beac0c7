const MAX_HEADER_VALUE_LENGTH = 8_192;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Visible ASCII; spaces only between visible characters. */
const VISIBLE_VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/** Headers that the HTTP client derives itself, from the URL and the body. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * True for a token of RFC 9110 §5.6.2, the form of header names and of
 * authentication schemes, of at most 8,192 characters.
 */
export function isToken(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_HEADER_VALUE_LENGTH &&
    TOKEN.test(value)
  );
}

/**
 * True for a value that is sent exactly as it is: visible ASCII with spaces only
 * inside, at most 8,192 characters. No CR, LF, NUL, tab or Latin-1 (RFC 9110
 * §5.5 is wider than what all receivers read alike). The empty string passes.
 */
export function isHeaderValue(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_HEADER_VALUE_LENGTH &&
    VISIBLE_VALUE.test(value)
  );
}

/** True for headers that decide on framing, routing or the connection; callers must not set them. */
export function isReservedHeader(name: string): boolean {
  return RESERVED_NAMES.has(name.toLowerCase());
}
