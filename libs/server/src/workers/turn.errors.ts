/** What a worker may do wrong with its context, and what may happen to its turn. */
export type TurnErrorCode =
  /** A second ending call, or an emit after the end. */
  | 'TURN_ENDED'
  /** The task was cancelled. */
  | 'TURN_CANCELED'
  /** The turn took longer than it may. */
  | 'TURN_TIMED_OUT'
  /** The process shuts down and hands the turn back. */
  | 'TURN_HANDED_BACK'
  /** Another instance runs the turn, or the task is finished or gone. */
  | 'TURN_LOST'
  /** Something that no task, message or artifact may hold. */
  | 'INVALID_OUTPUT'
  /** `reply` after the task was announced, or without the permission. */
  | 'REPLY_NOT_ALLOWED'
  /** Too many emits that nobody awaits. */
  | 'TOO_MANY_PENDING'
  /** The runtime cannot do this. */
  | 'NOT_SUPPORTED'
  /** `withTransaction` took longer than it may. */
  | 'TRANSACTION_TIMED_OUT'
  /** A transaction of the host had to give way to another one. */
  | 'TRANSACTION_CONFLICT'
  /** Somebody else changed the conversation's value. */
  | 'CONTEXT_CONFLICT';

/** An error of a call of the task context, and the reason of its aborted signal. Recognise it by its `code`. */
export class TurnError extends Error {
  override readonly name: string = 'TurnError';

  constructor(
    readonly code: TurnErrorCode,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
  }
}

/** The worker emitted something that no task may hold. */
export class InvalidOutputError extends TurnError {
  override readonly name = 'InvalidOutputError';

  constructor(problems: string) {
    super('INVALID_OUTPUT', `The worker emitted invalid output: ${problems}`);
  }
}
