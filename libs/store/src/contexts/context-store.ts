import { type JsonValue } from '@nest-a2a/protocol';
import { type Scope } from '../scope.js';
import { type Fence } from '../work/work-ledger.js';

/** A value that belongs to a conversation. */
export interface StoredContext {
  readonly value: JsonValue;
  /** 1 for the first value, one more for each that replaces it. */
  readonly version: number;
}

/** Stores the value of a conversation. */
export interface PutContext {
  readonly contextId: string;
  readonly value: JsonValue;
  /** The version that was loaded, 0 where there was none. */
  readonly expectedVersion: number;
  /** Proof that the writer runs a turn of the conversation. Without it the writer is the host. */
  readonly fence?: Fence;
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
   * @throws StoreError `VERSION_CONFLICT`; `TASK_NOT_FOUND` where the conversation has no task;
   *   `FENCE_LOST` where the fence no longer holds, is of a task that has ended or is gone, or of another conversation
   */
  put(scope: Scope, command: PutContext): Promise<StoredContext>;
}
