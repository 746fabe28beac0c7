import { type Clock } from '@nest-a2a/store';
import { type INestApplicationContext } from '@nestjs/common';
import { FakeClock } from '../fake-clock.js';

const STEP_MS = 1_000;

/** Longer than any application drains that does not want to try a test's patience. */
const MAX_STEPS = 120;

/** Closes an application. Deadlines of a clock that stands still would never come: it is moved until they have. */
export async function closeApplication(
  app: INestApplicationContext,
  clock: Clock,
): Promise<void> {
  let isClosed = false;
  const closing = app.close().finally(() => {
    isClosed = true;
  });
  // Whatever it fails with is thrown below.
  closing.catch(() => undefined);
  if (clock instanceof FakeClock) {
    for (let step = 0; step < MAX_STEPS && !isClosed; step += 1) {
      await clock.advance(STEP_MS);
    }
  }
  await closing;
}
