/**
 * The same object, except for some methods: how a test breaks one thing of a
 * real part, such as a method of the in-memory store. The original stays as it is.
 */
export function withMethods<T extends object>(
  original: T,
  changed: Partial<T>,
): T {
  return Object.assign(Object.create(original) as T, changed);
}
