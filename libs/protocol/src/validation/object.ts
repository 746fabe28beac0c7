import { isJsonObject } from './json-value.js';
import { type ParseContext, type Parser } from './parse-context.js';

/** How one member of an object is read. */
export interface Field<T> {
  readonly parse: Parser<T>;
  /** Answers for a member that is missing or `null`: a value, nothing, or a violation. */
  readonly whenMissing: (at: string, context: ParseContext) => T | undefined;
}

/** A member that is there in whatever was read without a violation. */
export interface RequiredField<T> extends Field<T> {
  readonly isRequired: true;
}

/** A member that must be there. */
export function required<T>(parse: Parser<T>): RequiredField<T> {
  return { parse, whenMissing: refuseMissing, isRequired: true };
}

/**
 * A member that a request must have. In an answer it may be missing, as
 * ProtoJSON writers leave out empty strings and lists even where A2A requires
 * them.
 *
 * @param empty makes the value that a missing one stands for
 */
export function expected<T>(
  parse: Parser<T>,
  empty: () => T,
): RequiredField<T> {
  const whenMissing = (at: string, context: ParseContext) =>
    context.strictness === 'response' ? empty() : refuseMissing(at, context);
  return { parse, whenMissing, isRequired: true };
}

/** A member that may be missing. */
export function optional<T>(parse: Parser<T>): Field<T> {
  return { parse, whenMissing: () => undefined };
}

/** A text that may be missing; the empty one is the same as none (ProtoJSON). */
export function optionalText(parse: Parser<string>): Field<string> {
  return optional((value, at, context) =>
    value === '' ? undefined : parse(value, at, context),
  );
}

function refuseMissing(at: string, context: ParseContext): undefined {
  return context.refuse(at, 'Is required');
}

/** How every member of an object is read; what is not named here is ignored (A2A §5.7). */
export type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K>
    ? Field<NonNullable<T[K]>>
    : RequiredField<NonNullable<T[K]>>;
};

/** The path of a member. */
export function memberOf(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

/** The name of a member in the protocol buffers, which ProtoJSON parsers accept as well. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The member of a JSON object with this JSON name, else with this protocol buffer name. */
export function member(
  object: Record<string, unknown>,
  name: string,
  snakeName = toSnakeCase(name),
): unknown {
  const found = ownMember(object, name);
  return found === undefined && snakeName !== name
    ? ownMember(object, snakeName)
    : found;
}

function ownMember(object: Record<string, unknown>, name: string): unknown {
  const found = object[name];
  // Asked last, as most members are missing and this is the slow question.
  return found !== undefined && Object.hasOwn(object, name) ? found : undefined;
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
      const parsed = readField(field, found, { at, name, context });
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
  { at, name, context }: { at: string; name: string; context: ParseContext },
): unknown {
  const path = memberOf(at, name);
  return value === undefined || value === null
    ? field.whenMissing(path, context)
    : field.parse(value, path, context);
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
