/** Makes a value of JSON unchangeable, with everything in it. */
export function deepFreeze<T>(value: T): T {
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'object' && next !== null) {
      Object.freeze(next);
      for (const member of Object.values(next)) {
        open.push(member);
      }
    }
  }
  return value;
}
