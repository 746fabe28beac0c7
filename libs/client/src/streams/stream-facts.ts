import {
  type A2AErrorCode,
  isA2AError,
  isInterrupted,
  isTerminal,
  parseTask,
  type Task,
} from '@nest-a2a/protocol';
import { type StreamFrame } from '../bindings/client-binding.js';
import { isPassing } from '../calls/attempt-failure.js';
import { A2AClientError } from '../errors/a2a-client-error.js';

/** What an agent says that lets nobody follow the task, now or at all. */
const NOT_FOLLOWED: readonly A2AErrorCode[] = [
  'UNSUPPORTED_OPERATION',
  'METHOD_NOT_FOUND',
];

/** How a stream came to its end. */
export interface StreamEnd {
  /** What broke it; `undefined` where the agent closed it. */
  readonly error?: unknown;
}

/**
 * Whether an event id follows another without a gap: agents that do not know
 * `Last-Event-ID` would go on anywhere.
 */
export function isNextId(
  last: string | undefined,
  next: string | undefined,
): boolean {
  const areNumbers = [last, next].every((id) => /^\d{1,15}$/.test(id ?? ''));
  return areNumbers && Number(next) === Number(last) + 1;
}

/** Why a stream that should have had an event counts as broken. */
export function endedTooSoon(): A2AClientError {
  return new A2AClientError(
    'connection-failed',
    'The stream ended before its first event',
  );
}

/** Whether an agent lets nobody follow the task, now or at all. */
export function isNotFollowed(error: unknown): boolean {
  return isA2AError(error) && NOT_FOLLOWED.includes(error.code);
}

/** Whether another stream may go on where this one ended. */
export function isBroken({ error }: StreamEnd): boolean {
  return error !== undefined && isPassing(error);
}

/** Whether nothing more happens without the caller. */
export function isSettled({ status: { state } }: Task): boolean {
  return isTerminal(state) || isInterrupted(state);
}

/** The task of a frame, if it is about the whole of it. @throws A2AError `INVALID_AGENT_RESPONSE` */
export function taskIn({ value }: StreamFrame): Task | undefined {
  return typeof value === 'object' && value !== null && 'task' in value
    ? parseTask(value.task)
    : undefined;
}

/** What became of some work, as a value. */
export async function settled<T>(
  work: Promise<T>,
): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await work };
  } catch (error) {
    return { error };
  }
}
