import {
  RESYNC_METADATA,
  type StreamResponse,
  type Task,
} from '@nest-a2a/protocol';
import { type Seq, type StoredEvent } from '@nest-a2a/store';
import { toStreamResponse } from '../tasks/public-event.js';

/** One event of a stream, independent of the binding. */
export interface StreamItem {
  /** Position in the log of the task, by which a reader can resume; a direct Message has none. */
  readonly seq: Seq | undefined;
  readonly response: StreamResponse;
  /** The response as JSON, serialised once for all streams. */
  readonly json: string;
  /** Whether the stream ends with it. */
  readonly isLast: boolean;
}

/** A stream of events, read one at a time. Before TypeScript 5.6 an `AsyncIterable` cannot say what it is asked with. */
export interface ItemStream {
  [Symbol.asyncIterator](): AsyncIterator<StreamItem, unknown, undefined>;
}

/** The task as it was after an event. */
export function taskItem(task: Task, seq: Seq): StreamItem {
  const response = { task };
  return { seq, response, json: JSON.stringify(response), isLast: false };
}

/** The task, which says that it replaces what the reader has. */
export function markResync(task: Task): Task {
  return { ...task, metadata: { ...task.metadata, [RESYNC_METADATA]: true } };
}

/** A public event, or `undefined` for the runtime's own. */
export function eventItem(
  event: StoredEvent,
  isLast: boolean,
): StreamItem | undefined {
  const { body, seq, json } = event;
  if (body.kind === 'reply') {
    const response = { message: body.message };
    return { seq: undefined, response, json: JSON.stringify(response), isLast };
  }
  const response = toStreamResponse(event);
  return response && { seq, response, json, isLast };
}
