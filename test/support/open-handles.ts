import { until } from './until.js';

/** How many resources of each kind keep the process alive. */
export function openHandles(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Kinds that come and go by themselves. */
const PASSING = ['Immediate', 'GetAddrInfoReqWrap', 'TickObject'];

/** The kinds of which there are more than there were. */
export function addedSince(before: ReadonlyMap<string, number>): string[] {
  return [...openHandles()]
    .filter(([kind]) => !PASSING.includes(kind))
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind, count]) => `${kind} +${count - (before.get(kind) ?? 0)}`);
}

/**
 * Resolves when nothing more is open than before, and fails where something
 * stays. Take `before` with {@link openHandles} before the application starts.
 */
export async function assertNothingLeftOpen(
  before: ReadonlyMap<string, number>,
): Promise<void> {
  await until(() => addedSince(before).length === 0, 'handles to close').catch(
    () => {
      throw new Error(`Left open: ${addedSince(before).join(', ')}`);
    },
  );
}
