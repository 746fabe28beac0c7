import { setImmediate } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

/** Resolves when a condition holds that nothing reports: looks at each turn of the event loop. */
export async function until(
  holds: () => boolean,
  what = 'the condition',
): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await setImmediate();
  }
}
