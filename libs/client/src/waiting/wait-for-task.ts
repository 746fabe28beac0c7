import { type A2AErrorCode, isA2AError } from '@nest-a2a/protocol';
import { type StreamEvent } from '../results/stream-event.js';
import { type TaskResult } from '../results/task-result.js';
import { sleep } from './sleep.js';

const MAX_DELAY_FACTOR = 10;
const DELAY_GROWTH = 1.5;

/** What waiting for a task needs of its client. */
export interface WaitTarget {
  getTask: (signal: AbortSignal) => Promise<TaskResult>;
  /** Absent where the agent does not stream. */
  subscribe?: ((signal: AbortSignal) => AsyncIterable<StreamEvent>) | undefined;
}

/**
 * Waits until a task is finished or needs the caller: follows it where the
 * agent streams, and looks again after each lost stream; else looks at growing
 * intervals. The answer is always a fresh look, the same in both cases.
 *
 * @param pollMs the first interval; it grows by half each time, up to the tenfold
 */
export async function waitForTask(
  { getTask, subscribe }: WaitTarget,
  pollMs: number,
  signal: AbortSignal,
): Promise<TaskResult> {
  let follow = subscribe;
  for (let delayMs = pollMs; ; delayMs = nextDelay(delayMs, pollMs)) {
    const task = await getTask(signal);
    if (isSettled(task)) {
      return task;
    }
    const outcome = follow && (await followTask(follow(signal)));
    if (outcome === 'refused') {
      follow = undefined;
    } else if (outcome === 'settled') {
      const settled = await getTask(signal);
      if (isSettled(settled)) {
        return settled;
      }
    }
    await sleep(delayMs, signal);
  }
}

/** Whether there is nothing to wait for. */
function isSettled(task: TaskResult): boolean {
  return task.isTerminal || task.isInterrupted;
}

function nextDelay(delayMs: number, firstMs: number): number {
  return Math.min(delayMs * DELAY_GROWTH, firstMs * MAX_DELAY_FACTOR);
}

const REFUSALS: readonly A2AErrorCode[] = [
  'UNSUPPORTED_OPERATION',
  'METHOD_NOT_FOUND',
];

/** Whatever ends the stream, the next look says how the task is: errors need not be reported here. */
async function followTask(
  events: AsyncIterable<StreamEvent>,
): Promise<'settled' | 'lost' | 'refused'> {
  try {
    for await (const event of events) {
      if (event.isFinal || INTERRUPTED.includes(event.state)) {
        return 'settled';
      }
    }
    return 'lost';
  } catch (error) {
    return isA2AError(error) && REFUSALS.includes(error.code)
      ? 'refused'
      : 'lost';
  }
}

const INTERRUPTED: readonly unknown[] = ['input-required', 'auth-required'];
