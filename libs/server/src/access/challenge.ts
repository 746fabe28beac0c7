/** What may stand in a scope (RFC 6749 §3.3). */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** Whether a text can be a scope. */
export function isScope(text: string): boolean {
  return SCOPE.test(text);
}

/** Whether a text can stand between the quotes of a parameter as it is. */
export function isQuotable(text: string): boolean {
  return /^[\x20-\x7E]*$/.test(text) && !/["\\]/.test(text);
}

/**
 * A challenge with further parameters (RFC 9110 §11.6.1).
 *
 * @param challenge a scheme, alone or with parameters
 * @param params the values that cannot be quoted are left out
 */
export function withParams(
  challenge: string,
  params: Readonly<Record<string, string>>,
): string {
  const [scheme, ...given] = challenge.split(/ (.*)/s);
  const added = Object.entries(params)
    .filter(([, value]) => isQuotable(value))
    .map(([name, value]) => `${name}="${value}"`);
  const all = [...given.filter((text) => text !== ''), ...added].join(', ');
  return all === '' ? challenge : `${scheme} ${all}`;
}
