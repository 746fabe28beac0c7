import { type FailpointAction } from '@nest-a2a/testing';
import { PLAIN_SCRIPT } from '../workload/task-plan.js';
import { type Cell, cell, failpointOf } from './cell.js';
import { EVENTS, watched } from './cell-plans.js';

/** A turn that is counted in the value of its conversation. */
export function visiting(action: FailpointAction): Cell[] {
  return (['context.before_tx', 'context.after_commit'] as const).map((point) =>
    cell(`${point}-${action}`, (name) => ({
      plan: watched(name, {
        script: { ...PLAIN_SCRIPT, visitor: `${name}/1` },
      }),
      failpoints: [failpointOf(name, point, { action })],
    })),
  );
}

/** A row of the application that is written with a step, or with the end of the task. */
export function booking(action: FailpointAction): Cell[] {
  return (['append.before_tx', 'append.after_commit'] as const).flatMap(
    (point) =>
      (['step', 'end'] as const).map((books) =>
        cell(`withTransaction.${books}.${point}-${action}`, (name) => ({
          plan: watched(name, { script: { ...PLAIN_SCRIPT, books } }),
          failpoints: [failpointOf(name, point, { action, ...placeOf(books) })],
        })),
      ),
  );
}

/** The step is the fourth event, behind the task, the beginning and the first step; the end is the only write that ends the task. */
function placeOf(books: 'step' | 'end') {
  return books === 'step' ? { from: 3 } : { terminal: true, from: EVENTS - 2 };
}
