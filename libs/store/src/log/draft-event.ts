import { isTerminal } from '@nest-a2a/protocol';
import { decodeEvent, encodeEvent } from './event-codec.js';
import { type NewEvent, type TaskEvent } from './task-event.js';
import { StoreError } from '../store-error.js';
import { deepFreeze } from './deep-freeze.js';

/** An event that has been checked and serialised, ready for the log. */
export interface DraftEvent extends NewEvent {
  readonly json: string;
}

/**
 * Serialises the events that begin a log.
 *
 * @throws TypeError
 * @throws StoreError `TASK_FINISHED` where an event follows the end
 */
export function draftBeginning(
  { taskId, contextId }: { taskId: string; contextId: string },
  events: readonly NewEvent[],
): readonly DraftEvent[] {
  const first = events[0]?.body;
  if (
    first?.kind !== 'task' ||
    first.task.id !== taskId ||
    first.task.contextId !== contextId
  ) {
    throw new TypeError(
      `The log of task ${taskId} must begin with that task in context ${contextId}`,
    );
  }
  assertNoTask(events.slice(1));
  return draft(events);
}

/**
 * Serialises events that continue a log.
 *
 * @throws TypeError
 * @throws StoreError `TASK_FINISHED` where an event follows the end
 */
export function draftContinuation(
  events: readonly NewEvent[],
): readonly DraftEvent[] {
  assertNoTask(events);
  return draft(events);
}

/** Whether nothing may follow an event. */
export function endsTask(event: TaskEvent): boolean {
  return (
    event.kind === 'reply' ||
    (event.kind === 'task' && isTerminal(event.task.status.state)) ||
    (event.kind === 'statusUpdate' &&
      isTerminal(event.statusUpdate.status.state))
  );
}

function draft(events: readonly NewEvent[]): readonly DraftEvent[] {
  if (events.slice(0, -1).some(({ body }) => endsTask(body))) {
    throw new StoreError('TASK_FINISHED', 'An event follows the end of a task');
  }
  return events.map(({ id, body }) => {
    const encoded = encodeEvent(body);
    // Decoded again, so that the log shares nothing with the writer; frozen, because readers share it.
    return { id, body: deepFreeze(decodeEvent(encoded)), json: encoded.json };
  });
}

function assertNoTask(events: readonly NewEvent[]): void {
  if (events.some(({ body }) => body.kind === 'task')) {
    throw new TypeError('An event of kind "task" begins a log');
  }
}
