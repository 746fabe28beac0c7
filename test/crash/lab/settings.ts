import { type Timing } from '../fleet/instance-messages.js';

/** Short times, so that minutes show what takes days elsewhere. */
export const LAB_TIMING: Timing = Object.freeze({
  leaseMs: 2_000,
  heartbeatMs: 500,
  streamHeartbeatMs: 1_500,
  cancelGraceMs: 1_500,
  drainMs: 1_500,
  pushDeadlineMs: 1_000,
  pushScheduleMs: Object.freeze([
    0, 100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000,
    1_000, 1_000, 1_000, 1_000,
  ]),
  pushBreaker: Object.freeze({ failures: 5, openMs: 100, maxOpenMs: 800 }),
  // Deaths are what this is about: a task may see many.
  maxAttempts: 50,
});
