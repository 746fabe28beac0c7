import { type FailpointAction, type FailpointName } from '@nest-a2a/testing';
import {
  PLAIN_SCRIPT,
  plainTask,
  type TaskPlan,
} from '../workload/task-plan.js';
import { type Cell, cell, type CellParts } from './cell.js';

/** Moments in the life of a task. */
export const MOMENTS = Object.freeze(['first', 'middle', 'terminal'] as const);

export type Moment = (typeof MOMENTS)[number];

/** A reader on each binding. */
export const READERS = [
  { binding: 'HTTP+JSON', resumes: true },
  { binding: 'JSONRPC', resumes: true },
  { binding: 'GRPC', resumes: false },
] as const;

/** A receiver that is always well. */
export const taken = () => 'taken' as const;

/** The place in a log, or in what a turn emits, at which a moment begins. */
export const fromMoment = (moment: Moment, last: number) =>
  ({ first: 1, middle: 4, terminal: last })[moment];

/** A log that is long enough for streams to break in it. */
export const SLOW = { ...PLAIN_SCRIPT, chunks: 12, chunkDelayMs: 100 };
/** Works on while an instance that was frozen is taken over and comes back. */
export const STEADY = { ...PLAIN_SCRIPT, chunks: 14, chunkDelayMs: 200 };
/** What the worker emits then: begun, the chunks, done, the end. */
export const EMITS = STEADY.chunks + 3;
/** The log of a plain script: the task, begun, a step, four chunks, done, the end. */
export const EVENTS = 9;

/** A task with a webhook and a reader on each binding. */
export function watched(
  name: string,
  differences: Partial<TaskPlan> = {},
): TaskPlan {
  return plainTask(name, {
    webhook: taken,
    subscribers: READERS,
    ...differences,
  });
}

/** A cell for each point and moment. */
export function atEachMoment(
  points: readonly FailpointName[],
  action: FailpointAction,
  partsOf: (point: FailpointName, moment: Moment, name: string) => CellParts,
): Cell[] {
  return points.flatMap((point) =>
    MOMENTS.map((moment) =>
      cell(`${point}-${action}-${moment}`, (name) =>
        partsOf(point, moment, name),
      ),
    ),
  );
}
