import { type JsonValue } from '@nest-a2a/protocol';
import { type Scope } from '../scope.js';

/** A value that belongs to a conversation. */
export interface StoredContext {
  readonly value: JsonValue;
  /** 1 for the first value, one more for each that replaces it. */
  readonly version: number;
}

/**
 * One JSON value for each conversation (contextId) of a scope. It lives as
 * long as a task of the conversation does.
 */
export interface ContextStore {
  /** The value, or `undefined` where none was stored. */
  load(scope: Scope, contextId: string): Promise<StoredContext | undefined>;

  /**
   * Stores a value in place of the one that the caller knows.
   *
   * @param command.expectedVersion the version that was loaded, 0 where there was none
   * @throws StoreError `VERSION_CONFLICT`; `TASK_NOT_FOUND` where the conversation has no task
   */
  put(
    scope: Scope,
    command: {
      readonly contextId: string;
      readonly value: JsonValue;
      readonly expectedVersion: number;
    },
  ): Promise<StoredContext>;
}
