import { isJsonObject } from './json-value.js';
import { type ParseContext, type Parser } from './parse-context.js';

/** How one member of an object is read. */
export interface Field<T> {
  readonly parse: Parser<T>;
  /** What to do when the member is missing or `null`. */
  readonly missing: 'refuse' | 'omit';
}

/** A member that must be there. */
export function required<T>(parse: Parser<T>): Field<T> {
  return { parse, missing: 'refuse' };
}

/** A member that may be missing; `null` and the empty string mean missing (ProtoJSON). */
export function optional<T>(parse: Parser<T>): Field<T> {
  return { parse, missing: 'omit' };
}

/** How every member of an object is read; what is not named here is ignored (A2A §5.7). */
export type Fields<T> = { readonly [K in keyof T]-?: Field<NonNullable<T[K]>> };

/** The path of a member. */
export function memberOf(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

/** The name of a member in the protocol buffers, which ProtoJSON parsers accept as well. */
function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Reads members of a JSON object by their JSON name or their protocol buffer name. */
export function member(
  object: Record<string, unknown>,
  name: string,
  snakeName = toSnakeCase(name),
): unknown {
  if (Object.hasOwn(object, name)) {
    return object[name];
  }
  return Object.hasOwn(object, snakeName) ? object[snakeName] : undefined;
}

/** An object with the given members. */
export function object<T extends object>(fields: Fields<T>): Parser<T> {
  const entries = Object.entries<Field<unknown>>(fields).map(
    ([name, field]) => ({ name, snakeName: toSnakeCase(name), field }),
  );
  return (value, at, context) => {
    if (!isJsonObject(value)) {
      return context.refuse(at, 'Must be an object');
    }
    const read: Record<string, unknown> = {};
    for (const { name, snakeName, field } of entries) {
      const found = member(value, name, snakeName);
      const parsed = readField(field, found, memberOf(at, name), context);
      if (parsed !== undefined) {
        read[name] = parsed;
      }
    }
    return read as T;
  };
}

function readField(
  field: Field<unknown>,
  value: unknown,
  at: string,
  context: ParseContext,
): unknown {
  const isOptional = field.missing === 'omit';
  if (value === undefined || value === null) {
    return isOptional ? undefined : context.refuse(at, 'Is required');
  }
  // The default of a protocol buffer string: not set (ProtoJSON).
  return isOptional && value === ''
    ? undefined
    : field.parse(value, at, context);
}

/** Sizes of a list. */
export interface ListSize {
  least?: number;
  most?: (context: ParseContext) => number;
}

/** A list, each element read the same way. */
export function list<T>(parse: Parser<T>, size: ListSize = {}): Parser<T[]> {
  return (value, at, context) => {
    if (!Array.isArray(value)) {
      return context.refuse(at, 'Must be a list');
    }
    const least = context.strictness === 'request' ? (size.least ?? 0) : 0;
    if (value.length < least) {
      return context.refuse(at, `Must have at least ${least} element`);
    }
    const most = size.most?.(context) ?? Infinity;
    if (context.strictness === 'request' && value.length > most) {
      return context.refuse(at, `Must have at most ${most} elements`);
    }
    return readElements(value, parse, { at, context });
  };
}

function readElements<T>(
  values: readonly unknown[],
  parse: Parser<T>,
  { at, context }: { at: string; context: ParseContext },
): T[] {
  const read: T[] = [];
  for (let i = 0; i < values.length && !context.isFull; i++) {
    const element = parse(values[i], `${at}[${i}]`, context);
    if (element !== undefined) {
      read.push(element);
    }
  }
  return read;
}

/** An object with any keys, each value read the same way. */
export function record<T>(parse: Parser<T>): Parser<Record<string, T>> {
  return (value, at, context) => {
    if (!isJsonObject(value)) {
      return context.refuse(at, 'Must be an object');
    }
    const entries: [string, T][] = [];
    for (const [key, item] of Object.entries(value)) {
      const read = parse(item, memberOf(at, key), context);
      if (read !== undefined) {
        entries.push([key, read]);
      }
    }
    // Unlike an assignment, this makes `__proto__` a key like any other.
    return Object.fromEntries(entries);
  };
}
