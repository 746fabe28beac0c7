import {
  isA2AClientError,
  isA2AError,
  type TaskResult,
} from '@nest-a2a/client';
import { UsageError } from './arguments/usage-error.js';

/**
 * What the process ends with. The numbers are part of the interface: scripts
 * decide by them.
 */
export const EXIT_CODES = Object.freeze({
  /** Done; of a task: completed, or on its way where nobody waits for it. */
  ok: 0,
  /** A fault in this program. */
  internal: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** The agent cannot be reached, or did not answer in time. */
  unreachable: 3,
  /** The agent refuses the call. */
  refused: 4,
  /** The task failed, was rejected or cancelled. */
  failed: 5,
  /** The task waits for input or for authorisation. */
  waiting: 6,
  /** The message was sent and no answer came, or a stream ended before its task: nobody knows how it ends. */
  unknown: 7,
  /** Ctrl-C. */
  interrupted: 130,
});

/** What a task means for the process. */
export function exitCodeOf(task: TaskResult): number {
  if (task.isInterrupted) {
    return EXIT_CODES.waiting;
  }
  return task.isTerminal && !task.completed ? EXIT_CODES.failed : EXIT_CODES.ok;
}

/** What an error means for the process. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof UsageError || error instanceof TypeError) {
    return EXIT_CODES.usage;
  }
  if (isA2AError(error)) {
    return EXIT_CODES.refused;
  }
  if (!isA2AClientError(error)) {
    return EXIT_CODES.internal;
  }
  return error.code === 'outcome-unknown'
    ? EXIT_CODES.unknown
    : EXIT_CODES.unreachable;
}
