import { parseTimestamp, toTimestamp } from '../timestamps.js';
import { type Parser } from './parse-context.js';

/** Control characters, and halves of surrogate pairs, which no UTF-8 can carry. */
const UNFIT_FOR_ID = /[\p{Cc}\p{Cs}]/u;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Any string. */
export const text: Parser<string> = (value, at, context) =>
  typeof value === 'string' ? value : context.refuse(at, 'Must be a string');

/** A string that is not empty; in an answer it may be. */
export const nonEmptyText: Parser<string> = (value, at, context) => {
  const read = text(value, at, context);
  return read === '' && context.strictness === 'request'
    ? context.refuse(at, 'Must not be empty')
    : read;
};

/** An id: not blank. In a request also without control characters, and not longer than the limit. */
export const id: Parser<string> = (value, at, context) => {
  const read = text(value, at, context);
  if (read === undefined) {
    return undefined;
  }
  if (read.trim() === '') {
    return context.refuse(at, 'Must not be empty');
  }
  if (context.strictness === 'response') {
    return read;
  }
  const most = context.limits.idLength;
  if (read.length > most) {
    return context.refuse(at, `Must have at most ${most} characters`);
  }
  return UNFIT_FOR_ID.test(read)
    ? context.refuse(at, 'Must not contain control characters')
    : read;
};

/** `true` or `false`. */
export const boolean: Parser<boolean> = (value, at, context) =>
  typeof value === 'boolean'
    ? value
    : context.refuse(at, 'Must be true or false');

/** An int32 within a range; ProtoJSON also allows the decimal digits as a string. */
export function integer(least: number, most = 2_147_483_647): Parser<number> {
  return (value, at, context) => {
    const isDigits = typeof value === 'string' && /^-?\d{1,10}$/.test(value);
    const read = isDigits ? Number(value) : value;
    if (typeof read !== 'number' || !Number.isInteger(read)) {
      return context.refuse(at, 'Must be an integer');
    }
    return read < least || read > most
      ? context.refuse(at, `Must be between ${least} and ${most}, got ${read}`)
      : read;
  };
}

/** A timestamp, in UTC and with milliseconds afterwards (A2A §5.6.1). */
export const timestamp: Parser<string> = (value, at, context) => {
  const read = text(value, at, context);
  if (read === undefined || context.strictness === 'response') {
    return read;
  }
  const epochMs = parseTimestamp(read);
  return epochMs === undefined
    ? context.refuse(at, 'Must be a timestamp such as 2026-01-02T03:04:05.678Z')
    : toTimestamp(epochMs);
};

/** Bytes: standard or URL-safe base64, padded or not; standard and padded afterwards (ProtoJSON). */
export const base64: Parser<string> = (value, at, context) => {
  const read = text(value, at, context);
  if (read === undefined) {
    return undefined;
  }
  // Tested before the padding is cut: looking for it in any text takes quadratic time.
  if (!BASE64.test(read) || !isWholeBytes(read)) {
    return context.refuse(at, 'Must be base64');
  }
  const digits = withoutPadding(read);
  const padding = '='.repeat((4 - (digits.length % 4)) % 4);
  return digits.replaceAll('-', '+').replaceAll('_', '/') + padding;
};

function withoutPadding(base64Text: string): string {
  const end = base64Text.indexOf('=');
  return end === -1 ? base64Text : base64Text.slice(0, end);
}

/** Padding may be left out, but not half of it. */
function isWholeBytes(base64Text: string): boolean {
  return (
    base64Text.length % 4 === 0 ||
    (base64Text.length % 4 !== 1 && !base64Text.endsWith('='))
  );
}

/**
 * One of the names of an enum. The number of the name is accepted too
 * (ProtoJSON); `numbers[i]` is the name with number `i + 1`, as 0 always means
 * "unspecified".
 */
export function enumeration<T extends string>(
  numbers: readonly T[],
): Parser<T> {
  return (value, at, context) => {
    const name = typeof value === 'number' ? numbers[value - 1] : value;
    if ((numbers as readonly unknown[]).includes(name)) {
      return name as T;
    }
    if (context.strictness === 'response' && typeof name === 'string') {
      // A newer peer may know more names than we do.
      return name as T;
    }
    return context.refuse(at, `Must be one of ${numbers.join(', ')}`);
  };
}
