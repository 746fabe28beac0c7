/** Does all of it, so much at a time. The first error ends the wait, not the rest. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const workThrough = async () => {
    for (let next = waiting.shift(); next !== undefined;) {
      await work(next);
      next = waiting.shift();
    }
  };
  await Promise.all(Array.from({ length: width }, workThrough));
}
