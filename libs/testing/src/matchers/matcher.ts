import { describeTask } from './describe-task.js';
import { readTask, type TestedTask } from './tested-task.js';

/** What Jest and Vitest give to a matcher as `this`. */
export interface MatcherContext {
  readonly isNot?: boolean | undefined;
  equals(one: unknown, other: unknown): boolean;
}

/** What Jest and Vitest take from a matcher. */
export interface MatcherVerdict {
  readonly pass: boolean;
  message(): string;
}

/** What a matcher wants of a task. */
export interface Wanted {
  readonly isMet: boolean;
  /** As a sentence goes on that begins with "Expected the task". */
  readonly what: string;
}

/**
 * The verdict about what was received. What is no task fails with `.not` too: it
 * would otherwise hide that a promise was not awaited.
 */
export function judge(
  { isNot = false }: MatcherContext,
  received: unknown,
  wants: (task: TestedTask) => Wanted,
): MatcherVerdict {
  const task = readTask(received);
  if (!task) {
    return { pass: isNot, message: () => noTask(received) };
  }
  const { isMet, what } = wants(task);
  const negation = isNot ? 'not ' : '';
  return {
    pass: isMet,
    message: () =>
      `Expected the task ${negation}${what}\n\n${describeTask(task)}`,
  };
}

function noTask(received: unknown): string {
  const isPromise =
    typeof received === 'object' && received !== null && 'then' in received;
  return isPromise
    ? 'Expected a task, received a promise: await it'
    : `Expected a task or a result of a client, received ${kindOf(received)}`;
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  const { name } = value.constructor ?? { name: 'an object' };
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name} that is neither`;
}
