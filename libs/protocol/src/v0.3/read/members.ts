import { member } from '../../validation/object.js';
import { isJsonObject } from '../../validation/json-value.js';
import { type V03Context, type V03Reader } from './v03-context.js';

/** The first of the members that is there and not `null`, by its camelCase or its snake_case name. */
export function firstOf(
  object: Record<string, unknown>,
  ...names: readonly string[]
): unknown {
  for (const name of names) {
    const value = member(object, name) ?? undefined;
    if (value !== undefined) {
      return value;
    }
  }
  return undefined;
}

/** A text that is there and not empty; anything else counts as missing. */
export function textOrNone(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Members by their names, those that are missing left out. */
export function pick(
  object: Record<string, unknown>,
  ...names: readonly string[]
): Record<string, unknown> {
  const entries = names
    .map((name): [string, unknown] => [name, firstOf(object, name)])
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

/** Reads each element of a list; what is no list stays what it is. */
export function readList(
  read: V03Reader,
  value: unknown,
  { at, context }: { at: string; context: V03Context },
): unknown {
  if (!Array.isArray(value)) {
    return value;
  }
  const elements: unknown[] = [];
  for (let i = 0; i < value.length && !context.isFull; i++) {
    elements.push(read(value[i], `${at}[${i}]`, context));
  }
  return elements;
}

/** Makes a reader of objects; what is none stays what it is. */
export function objectReader(
  read: (
    value: Record<string, unknown>,
    at: string,
    context: V03Context,
  ) => unknown,
): V03Reader {
  return (value, at, context) =>
    isJsonObject(value) ? read(value, at, context) : value;
}
