/** What tests can run on. */
export const STORES = ['memory', 'sqlite', 'postgres'] as const;

export type StoreKind = (typeof STORES)[number];

/** What this run is on: `TEST_RUNTIME`, or memory. */
export const STORE = storeOf(process.env.TEST_RUNTIME || 'memory');

/** @throws TypeError for a store that is not known */
function storeOf(name: string): StoreKind {
  const kind = STORES.find((one) => one === name);
  if (!kind) {
    throw new TypeError(`TEST_RUNTIME is one of: ${STORES.join(', ')}`);
  }
  return kind;
}

/** Tests of something that only the store in memory has; elsewhere they are skipped, and say why. */
export function describeInMemory(
  title: string,
  reason: string,
  body: () => void,
): void {
  if (STORE === 'memory') {
    describe(title, body);
  } else {
    describe.skip(`${title} (only in memory: ${reason})`, body);
  }
}
