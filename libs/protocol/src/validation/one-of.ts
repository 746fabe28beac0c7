import { isJsonObject } from './json-value.js';
import { member, memberOf } from './object.js';
import { type ParseContext, type Parser } from './parse-context.js';

/** The members of a oneof, each with its parser. */
export type Members = Readonly<Record<string, Parser<unknown>>>;

/** Which member of a oneof is there, and where it is. */
export interface PresentMember {
  name: string;
  value: unknown;
}

/** An object of which exactly one of the members is there (proto `oneof`). */
export function oneOf<T extends object>(members: Members): Parser<T> {
  return (value, at, context) => {
    if (!isJsonObject(value)) {
      return context.refuse(at, 'Must be an object');
    }
    const present = presentMember(value, members, { at, context });
    const parse = present && members[present.name];
    if (!present || !parse) {
      return undefined;
    }
    const { name } = present;
    const read = parse(present.value, memberOf(at, name), context);
    return read === undefined ? undefined : ({ [name]: read } as T);
  };
}

/**
 * Finds the one member that is there. `null` means that a member is not there
 * (ProtoJSON), but for those in `nullable`, whose type is any JSON value.
 */
export function presentMember(
  object: Record<string, unknown>,
  members: Members,
  {
    at,
    context,
    nullable = [],
  }: { at: string; context: ParseContext; nullable?: readonly string[] },
): PresentMember | undefined {
  const present = Object.keys(members)
    .map((name) => ({ name, value: member(object, name) }))
    .filter(
      ({ name, value }) =>
        value !== undefined && (value !== null || nullable.includes(name)),
    );
  if (present.length === 1) {
    return present[0];
  }
  const names = Object.keys(members).join(', ');
  const found = present.map(({ name }) => name).join(' and ');
  return context.refuse(
    at,
    `Must have exactly one of ${names}` +
      (found === '' ? '' : `, got ${found}`),
  );
}
