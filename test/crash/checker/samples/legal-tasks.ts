import { type DumpedConfig } from '../../history/history.js';
import { LogBuilder, type Writer } from './log-builder.js';

const writer = (run: string, epoch = 1, attempt = 1): Writer => ({
  run,
  epoch,
  attempt,
});

const log = (taskId: string, tenant = 'acme') =>
  new LogBuilder({ taskId, contextId: `context-${taskId}`, tenant });

/** What a worker does that nobody disturbs. A webhook gets the events 2, 3, 6, 7 and 8. */
export function plainLog(taskId: string, tenant?: string): LogBuilder {
  const by = writer(`run-${taskId}`);
  return log(taskId, tenant)
    .begin(`message-${taskId}`)
    .state('TASK_STATE_WORKING', undefined, by)
    .state('TASK_STATE_WORKING', 'begun', by)
    .step('prepare', by)
    .chunk('[0]', by)
    .chunk('[1]', by, { append: true, lastChunk: true })
    .state('TASK_STATE_WORKING', 'done', by)
    .state('TASK_STATE_COMPLETED', undefined, by);
}

/** A question and its answer: two turns, each with a first attempt. */
export function questionLog(taskId: string): LogBuilder {
  const first = writer(`run-${taskId}-1`, 1);
  const second = writer(`run-${taskId}-2`, 2);
  return log(taskId)
    .begin(`message-${taskId}`)
    .state('TASK_STATE_WORKING', 'begun', first)
    .step('prepare', first)
    .state('TASK_STATE_INPUT_REQUIRED', 'question', first)
    .state('TASK_STATE_SUBMITTED')
    .message(`answer-${taskId}`)
    .state('TASK_STATE_WORKING', 'begun', second)
    .step('prepare', second)
    .state('TASK_STATE_COMPLETED', undefined, second);
}

/** A question that nobody has answered. */
export function parkedLog(taskId: string): LogBuilder {
  const by = writer(`run-${taskId}`);
  return log(taskId)
    .begin(`message-${taskId}`)
    .state('TASK_STATE_WORKING', 'begun', by)
    .state('TASK_STATE_INPUT_REQUIRED', 'question', by);
}

/** Taken over after two chunks, and ended by whoever wanted it cancelled. */
export function canceledLog(taskId: string): LogBuilder {
  const first = writer(`run-${taskId}-1`, 1, 1);
  const second = writer(`run-${taskId}-2`, 2, 2);
  return log(taskId)
    .begin(`message-${taskId}`)
    .state('TASK_STATE_WORKING', 'begun', first)
    .step('prepare', first)
    .chunk('[0]', first)
    .chunk('[1]', first, { append: true })
    .state('TASK_STATE_WORKING', 'begun', second)
    .chunk('[0]', second)
    .artifactEnd()
    .state('TASK_STATE_CANCELED');
}

/** Three instances have taken it on, and two may die. */
export function failedLog(taskId: string): LogBuilder {
  return log(taskId)
    .begin(`message-${taskId}`)
    .state('TASK_STATE_WORKING', 'begun', writer(`run-${taskId}-1`, 1, 1))
    .state('TASK_STATE_WORKING', 'begun', writer(`run-${taskId}-2`, 2, 2))
    .state('TASK_STATE_FAILED', 'interrupted too often', {
      ...writer('', 3),
    });
}

/** A row of the application was written with the step, and the conversation counts the turn. */
export function bookedLog(taskId: string): LogBuilder {
  const by = writer(`run-${taskId}`);
  return log(taskId)
    .begin(`message-${taskId}`)
    .state('TASK_STATE_WORKING', 'begun', by)
    .step('booked', by)
    .state('TASK_STATE_COMPLETED', undefined, by);
}

/** A configuration that is done, with the attempts that the store has noted. */
export function dumpedConfig(
  configId: string,
  doneSeq: number,
  attempts: readonly (readonly [number, 'delivered' | 'failed' | 'dead'])[],
): DumpedConfig {
  return {
    configId,
    state: 'active',
    doneSeq,
    attempts: attempts.map(([seq, outcome]) => ({ seq, outcome, at: 1 })),
  };
}
