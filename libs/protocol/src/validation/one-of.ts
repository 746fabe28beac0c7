import { isJsonObject } from './json-value.js';
import { member, memberOf, toSnakeCase } from './object.js';
import { type Parser } from './parse-context.js';

/** The members of a oneof, each with its parser. */
export type Members = Readonly<Record<string, Parser<unknown>>>;

/** What is special about a oneof. */
export interface OneOfOptions {
  /** Members whose type is any JSON value: there `null` is a value. @default none */
  nullable?: readonly string[];
}

/**
 * An object of which exactly one of the members is there (proto `oneof`).
 * `null` means that a member is not there (ProtoJSON). Other members are
 * ignored.
 */
export function oneOf<T extends object>(
  members: Members,
  { nullable = [] }: OneOfOptions = {},
): Parser<T> {
  const choices = Object.entries(members).map(([name, parse]) => ({
    name,
    snakeName: toSnakeCase(name),
    parse,
    isNullable: nullable.includes(name),
  }));
  const names = Object.keys(members).join(', ');
  return (value, at, context) => {
    if (!isJsonObject(value)) {
      return context.refuse(at, 'Must be an object');
    }
    const present = choices.filter((choice) => isPresent(choice, value));
    const [only] = present;
    if (!only || present.length > 1) {
      const found = present.map(({ name }) => name).join(' and ') || 'none';
      const description = `Must have exactly one of ${names}; got ${found}`;
      return context.refuse(at, description);
    }
    const found = member(value, only.name, only.snakeName);
    const read = only.parse(found, memberOf(at, only.name), context);
    return read === undefined ? undefined : ({ [only.name]: read } as T);
  };
}

function isPresent(
  choice: { name: string; snakeName: string; isNullable: boolean },
  object: Record<string, unknown>,
): boolean {
  const value = member(object, choice.name, choice.snakeName);
  return value !== undefined && (value !== null || choice.isNullable);
}
