import { type WakeBusHarness } from './harness.js';
import { wakeBusTests } from './parts/wake-bus.js';
import { type ContractRunner, declareTests } from './runner.js';

/**
 * Declares the tests that a wake-up must pass. Hints may be lost, so the tests
 * ring until they are heard.
 */
export function describeWakeBus(
  runner: ContractRunner,
  harness: WakeBusHarness,
): void {
  const fixture = {
    open: () => harness.open(),
    close: (opened: Awaited<ReturnType<WakeBusHarness['open']>>) =>
      opened.close(),
  };
  runner.describe('a wake-up', () => {
    declareTests(runner, fixture, { hints: wakeBusTests });
  });
}
