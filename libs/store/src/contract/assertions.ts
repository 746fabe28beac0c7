import assert from 'node:assert/strict';
import { isStoreError, type StoreErrorCode } from '../store-error.js';

/** Waits for an error with this code. */
export async function assertRefused(
  call: Promise<unknown>,
  code: StoreErrorCode,
): Promise<void> {
  const outcome = await outcomeOf(call);
  assert.equal(outcome.code ?? 'no error', code);
}

/** What came of a call: an answer, or the code and the words of a refusal. Other errors rise. */
export async function outcomeOf(
  call: Promise<unknown>,
): Promise<{ answer?: unknown; code?: StoreErrorCode; message?: string }> {
  try {
    return { answer: await call };
  } catch (error) {
    if (!isStoreError(error)) {
      throw error;
    }
    const { code, message } = error as Error & { code: StoreErrorCode };
    return { code, message };
  }
}

/** How many calls ended with each code; `ok` for those that were answered. */
export async function tally(
  calls: readonly Promise<unknown>[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code = 'ok' } of await Promise.all(calls.map(outcomeOf))) {
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/** Asserts that values are the same without regard to their order. */
export function assertSameMembers(
  actual: readonly string[],
  expected: readonly string[],
): void {
  assert.deepEqual([...actual].sort(), [...expected].sort());
}

/** A copy of a value of JSON. Not `structuredClone`: under Jest its copies have prototypes of their own. */
export function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Changes all that can be changed of a value and of what is in it; what is frozen stays. */
export function vandalise(value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    vandalise(member);
    Reflect.set(value, key, 'vandalised');
  }
  if (Array.isArray(value)) {
    Reflect.set(value, value.length, 'vandalised');
  }
}
