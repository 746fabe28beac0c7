import { type StoreHarness } from './harness.js';
import { accessTests } from './parts/access.js';
import { appendTests } from './parts/append.js';
import { cancelTests } from './parts/cancel.js';
import { claimTests } from './parts/claim.js';
import { contentTests } from './parts/content.js';
import { contextTests } from './parts/contexts.js';
import { createTests } from './parts/create.js';
import { fairClaimTests } from './parts/fair-claims.js';
import { idempotencyTests } from './parts/idempotency.js';
import { leaseTests } from './parts/lease.js';
import { listTests } from './parts/list.js';
import { pageTests } from './parts/list-pages.js';
import { pushBacklogTests } from './parts/push-backlog.js';
import { pushBreakerTests } from './parts/push-breakers.js';
import { pushConfigTests } from './parts/push-configs.js';
import { pushDeliveryTests } from './parts/push-delivery.js';
import { pushFenceTests } from './parts/push-fences.js';
import { pushOriginLimitTests } from './parts/push-origin-limits.js';
import { pushOriginTests } from './parts/push-origins.js';
import { pushProbeTests } from './parts/push-probes.js';
import { pushRedeliveryClaimTests } from './parts/push-redelivery-claims.js';
import { pushRedeliveryTests } from './parts/push-redelivery.js';
import { pushShareTests } from './parts/push-shares.js';
import { readTests } from './parts/read.js';
import { retentionTests } from './parts/retention.js';
import { secretTests } from './parts/secrets.js';
import { turnTests } from './parts/turns.js';
import { type ContractRunner, declareTests } from './runner.js';
import { World } from './world.js';

/**
 * Declares the tests that a task store must pass: everything the ports promise.
 * No lease in them is shorter than 400 ms, and nothing is asserted about speed.
 *
 * ```ts
 * import { describe, it, beforeEach, afterEach } from 'node:test';
 *
 * describeTaskStore({ describe, it, beforeEach, afterEach }, { open: openEmptyStore });
 * ```
 */
export function describeTaskStore(
  runner: ContractRunner,
  harness: StoreHarness,
): void {
  const fixture = {
    open: async () => new World(await harness.open()),
    close: (world: World) => world.close(),
  };
  runner.describe('a task store', () => {
    declareTests(runner, fixture, {
      'creating and loading': createTests,
      appending: appendTests,
      reading: readTests,
      'repeated sends': idempotencyTests,
      'lists of tasks': listTests,
      'pages of tasks': pageTests,
      claims: claimTests,
      'fair claims': fairClaimTests,
      leases: leaseTests,
      turns: turnTests,
      cancelling: cancelTests,
      'push configurations': pushConfigTests,
      deliveries: pushDeliveryTests,
      'delivery fences': pushFenceTests,
      'origins of webhooks': pushOriginTests,
      'backlogs of origins': pushBacklogTests,
      redeliveries: pushRedeliveryTests,
      'claims of redeliveries': pushRedeliveryClaimTests,
      'limits of origins': pushOriginLimitTests,
      'shares of an origin': pushShareTests,
      'breakers of origins': pushBreakerTests,
      'probes of origins': pushProbeTests,
      'contexts of conversations': contextTests,
      'secrets of the application': secretTests,
      retention: retentionTests,
      'foreign scopes': accessTests,
      content: contentTests,
    });
  });
}
