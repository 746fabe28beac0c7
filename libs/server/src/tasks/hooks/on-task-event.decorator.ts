import { type TaskEventKind, type TaskNotice } from './task-notice.js';

/** Metadata key of methods that are told of tasks. */
export const ON_TASK_EVENT = '@nest-a2a/server:on-task-event';

/** Of which tasks a method is told. */
export interface OnTaskEventOptions {
  /** Name of the agent. @default all */
  readonly agent?: string;
}

/** What the decorator writes. */
export interface TaskEventWish extends OnTaskEventOptions {
  readonly kinds: readonly (TaskEventKind | '*')[];
}

/**
 * Has a method of a provider called when something has happened to a task:
 * `@OnTaskEvent('completed')`, `@OnTaskEvent(['failed', 'rejected'], { agent })`,
 * or `@OnTaskEvent('*')`.
 *
 * The process that has committed the event calls, once, and after the commit. One
 * that dies in between has not called: what must not be lost is a webhook, or a
 * reader of `TaskService.follow()`. Nobody waits for the method but a shutdown, for
 * as long as `drainMs` allows. What it throws is logged. There are sixteen calls
 * at a time, and behind them a thousand wait; further ones are left out, which
 * the log says. Calls for one task may overlap. A request-scoped provider has an
 * instance for each call, whose `REQUEST` is what the method is given.
 */
export function OnTaskEvent(
  kinds: TaskEventKind | '*' | readonly TaskEventKind[],
  options: OnTaskEventOptions = {},
) {
  const wish: TaskEventWish = { ...options, kinds: [kinds].flat() };
  return <T extends (notice: TaskNotice) => unknown>(
    _prototype: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void => {
    Reflect.defineMetadata(ON_TASK_EVENT, wish, descriptor.value as object);
  };
}
