/** What a store can answer instead of doing what it was asked. */
export type StoreErrorCode =
  /** Somebody else wrote in between: read again and decide again. */
  | 'VERSION_CONFLICT'
  /** The lease was lost: another instance runs the turn, or somebody fenced this one out. */
  | 'FENCE_LOST'
  /** The task has ended and never changes again. */
  | 'TASK_FINISHED'
  | 'TASK_NOT_FOUND'
  /** Another message of the caller has this messageId, and the key is strict. */
  | 'MESSAGE_ID_REUSED'
  /** The caller's page token is not one of ours. */
  | 'INVALID_PAGE_TOKEN'
  /** The task has as many push notification configurations as it may have. */
  | 'TOO_MANY_PUSH_CONFIGS'
  /** The webhooks of the tenant are at as many origins as they may be. */
  | 'TOO_MANY_PUSH_ORIGINS'
  /** So many origins of the tenant are new that another one has to wait. */
  | 'TOO_MANY_NEW_PUSH_ORIGINS'
  /** For one push notification configuration as much waits to be sent once more as may wait. */
  | 'TOO_MANY_REDELIVERIES'
  /** The store cannot be reached now. Nothing is known about a write. */
  | 'UNAVAILABLE';

const IS_STORE_ERROR = Symbol.for('@nest-a2a/store:StoreError');

/** An error of a store. Recognise it by its `code`. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly [IS_STORE_ERROR] = true;

  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
  }
}

/** Whether a value is a {@link StoreError} with this code, of this copy of the package or another. */
export function isStoreError(
  value: unknown,
  code?: StoreErrorCode,
): value is StoreError {
  return (
    value instanceof Error &&
    IS_STORE_ERROR in value &&
    (code === undefined || (value as StoreError).code === code)
  );
}
