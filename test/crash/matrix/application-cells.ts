import { type FailpointAction } from '@nest-a2a/testing';
import { performTask } from '../workload/perform-task.js';
import { PLAIN_SCRIPT, plainTask } from '../workload/task-plan.js';
import { type Cell, cell, failpointOf } from './cell.js';
import { EVENTS, watched } from './cell-plans.js';

/** The other has been counted by then, milliseconds. */
const TOGETHER_MS = 4_000;

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

/** Two tasks of a conversation want to be counted at the same time: the one whose write takes long learns of the other. */
export function visitingTogether(): Cell {
  return cell('context-conflict', (name) => {
    const visitor = (suffix: string) => ({
      contextId: name,
      script: { ...PLAIN_SCRIPT, visitor: `${name}/${suffix}` },
    });
    return {
      plan: watched(name, visitor('first')),
      failpoints: [
        failpointOf(name, 'context.before_tx', {
          action: 'DELAY',
          durationMs: TOGETHER_MS,
        }),
      ],
      onKnown: async ({ clients, expectations }) => {
        const other = plainTask(`${name}-other`, visitor('other'));
        expectations.push(await performTask(clients, other));
      },
    };
  });
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
