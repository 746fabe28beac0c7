import { LAB_TIMING } from '../lab/settings.js';
import { plainTask } from '../workload/task-plan.js';
import { type Cell, cell, failpointOf } from './cell.js';
import {
  atEachMoment,
  EMITS,
  fromMoment,
  STEADY,
  taken,
  watched,
} from './cell-plans.js';

const durationMs = LAB_TIMING.leaseMs * 1.5;
const BLOCK = { action: 'BLOCK', durationMs } as const;

/** The event loop of the instance stands still for longer than its lease; then all of its timers are late. */
export function blockedCells(): Cell[] {
  return [
    ...atEachMoment(['turn.before_emit'], 'BLOCK', (point, moment, name) => ({
      plan: watched(name, { script: STEADY }),
      failpoints: [
        failpointOf(name, point, {
          ...BLOCK,
          from: fromMoment(moment, EMITS),
        }),
      ],
    })),
    ...(['append.before_tx', 'append.after_commit'] as const).map((point) =>
      cell(`${point}-BLOCK`, (name) => ({
        plan: watched(name, { script: STEADY }),
        failpoints: [failpointOf(name, point, { ...BLOCK, from: 4 })],
      })),
    ),
    cell('renew.before-BLOCK', (name) => ({
      plan: plainTask(name, { script: STEADY, webhook: taken }),
      failpoints: [failpointOf(name, 'renew.before', BLOCK)],
    })),
  ];
}
