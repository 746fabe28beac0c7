import { createHash } from 'node:crypto';
import { type Scope, scopeKey } from '../scope.js';
import { type SqlRow } from './sql-database.js';

/** What a text begins with that a database could not hold as it is. */
const ESCAPED = '~utf16:';
const KEY_BYTES = 16;

/** What {@link toColumn} makes of no text. */
export const NO_ID = `${ESCAPED}:`;

/**
 * A text of a caller as a column can hold it: no two texts become the same.
 * Databases cannot hold NUL, and would replace half of a surrogate pair.
 */
export function toColumn(text: string): string {
  const isPlain =
    !text.includes('\u0000') &&
    !/\p{Surrogate}/u.test(text) &&
    !text.startsWith(ESCAPED);
  return isPlain
    ? text
    : ESCAPED + Buffer.from(text, 'utf16le').toString('base64url');
}

/** The text that {@link toColumn} was given. */
export function fromColumn(column: unknown): string {
  const text = String(column);
  return text.startsWith(ESCAPED)
    ? Buffer.from(text.slice(ESCAPED.length), 'base64url').toString('utf16le')
    : text;
}

/** A short key in place of a scope and more, of any length. */
export function keyOf(scope: Scope, ...rest: readonly string[]): string {
  return createHash('sha256')
    .update(scopeKey(scope, ...rest))
    .digest()
    .subarray(0, KEY_BYTES)
    .toString('base64url');
}

/** A short key of a tenant of an agent, of any length: what takes it in turns with others. */
export function tenantKeyOf(scope: Scope): string {
  return keyOf({ ...scope, principal: '' });
}

/** A number that may be missing. */
export function optionalNumber(column: unknown): number | undefined {
  return column === null || column === undefined ? undefined : Number(column);
}

/** The scope in the columns of a task. */
export function scopeOf({ agent, tenant, principal }: SqlRow): Scope {
  return {
    agent: fromColumn(agent),
    tenant: fromColumn(tenant),
    principal: fromColumn(principal),
  };
}
