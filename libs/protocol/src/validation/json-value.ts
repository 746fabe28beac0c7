import { type JsonObject, type JsonValue } from '../json.js';
import { type ParseContext, type Parser } from './parse-context.js';

/** Whether a value is a JSON object: neither null nor a list. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether no path through the value is longer than `depth`. Stops at the first
 * that is, so that a deeply nested value cannot exhaust the stack.
 */
function isWithinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return true;
  }
  return (
    depth > 0 &&
    Object.values(value).every((child) => isWithinDepth(child, depth - 1))
  );
}

/** Any JSON value, not deeper than the limit. The value itself, not a copy: it came from `JSON.parse`. */
export const jsonValue: Parser<JsonValue> = (value, at, context) => {
  const depth = context.limits.jsonDepth;
  return isWithinDepth(value, depth)
    ? (value as JsonValue)
    : context.refuse(at, `Must not be nested deeper than ${depth} levels`);
};

/** A JSON object, not deeper than the limit. */
export const jsonObject: Parser<JsonObject> = (value, at, context) =>
  isJsonObject(value)
    ? (jsonValue(value, at, context) as JsonObject | undefined)
    : context.refuse(at, 'Must be an object');

/** A `metadata` member: a JSON object whose text is not longer than the limit. */
export const metadata: Parser<JsonObject> = (value, at, context) => {
  const read = jsonObject(value, at, context);
  return read === undefined || hasRoom(read, context)
    ? read
    : context.refuse(
        at,
        `Must not be longer than ${context.limits.metadataBytes} bytes of JSON`,
      );
};

function hasRoom(read: JsonObject, context: ParseContext): boolean {
  return (
    context.strictness === 'response' ||
    Buffer.byteLength(JSON.stringify(read)) <= context.limits.metadataBytes
  );
}
