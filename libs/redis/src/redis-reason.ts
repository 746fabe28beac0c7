const CODE = /^[A-Z][A-Z0-9_]+$/;

/**
 * Why something failed, as a code such as `ECONNREFUSED` or `WRONGPASS`, without the
 * rest: that may say addresses and names.
 *
 * @returns `undefined` where the error has none
 */
export function reasonOf(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  // What Redis answers begins with its code.
  const [word] = String(message).split(' ');
  return [code, word].find(
    (name): name is string => typeof name === 'string' && CODE.test(name),
  );
}
