/**
 * Checks the names of options: one that is misspelt would be ignored in silence.
 *
 * @param call whose options they are, such as `sqlite()`
 * @throws TypeError that says which are unknown, and which there are
 */
export function assertKnownOptions(
  call: string,
  options: object,
  known: readonly string[],
): void {
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new TypeError(
      `${call} knows no ${unknown.map((name) => `"${name}"`).join(', ')}: its options are ${known.join(', ')}`,
    );
  }
}
