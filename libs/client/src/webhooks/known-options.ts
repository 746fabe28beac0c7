type Names<T> = Readonly<Record<keyof T, true>>;

/**
 * Refuses options that there are not: one that is misspelt would do nothing,
 * and a check that does nothing is not noticed.
 *
 * @throws TypeError
 */
export function assertKnownOptions<T extends object>(
  options: T,
  names: Names<T>,
  where: string,
): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`${where} must be an object`);
  }
  const unknown = Object.keys(given).find(
    (name) => !Object.hasOwn(names, name),
  );
  if (unknown !== undefined) {
    throw new TypeError(
      `${where}: there is no option ${JSON.stringify(unknown)}, there are ${Object.keys(names).join(', ')}`,
    );
  }
}
