import { type Part } from '@nest-a2a/protocol';
import { type Observable } from 'rxjs';
import { type ArtifactInput, type MessageContent } from './content.js';
import { type TaskContext } from './task-context.js';

/**
 * One value of a worker that answers as a stream: text or parts become a chunk
 * of the answer, the others are what they say.
 */
export type WorkerUpdate =
  | string
  | Part
  | readonly Part[]
  | { readonly status: MessageContent }
  | { readonly artifact: ArtifactInput };

/**
 * What a worker may answer instead of calling the context: each value is sent
 * as it comes, the end completes the task, an error fails it, and a
 * cancellation unsubscribes.
 */
export type WorkerStream =
  Observable<WorkerUpdate> | AsyncIterable<WorkerUpdate>;

/**
 * The agent itself: works on one message at a time. The same instance serves
 * many tasks at once, so what belongs to one task stands in the context.
 *
 * A turn runs at least once: after a crash it is run again, by any instance.
 */
export interface Worker {
  /**
   * Works on a message. Ends the turn with exactly one of the ending calls of
   * the context, or answers a stream.
   */
  handle(context: TaskContext): Promise<void> | void | WorkerStream;
}
