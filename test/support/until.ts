import { setImmediate, setTimeout } from 'node:timers/promises';

/** For whatever takes long only where the machine is busy. */
const PATIENCE_MS = 20_000;
/** Looking costs time as well, which whoever is waited for may need. */
const EAGER_LOOKS = 200;
const PAUSE_MS = 5;

/** Resolves when a condition holds that nothing reports, such as one that only the database knows: looks at each turn of the event loop, and after a while less often. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what = 'the condition',
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patienceMs;
  for (let looks = 0; !(await holds()); looks += 1) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await (looks < EAGER_LOOKS ? setImmediate() : setTimeout(PAUSE_MS));
  }
}
