import { type JsonValue } from '@nest-a2a/protocol';
import {
  type ContextStore,
  type PutContext,
  type StoredContext,
} from '../contexts/context-store.js';
import { type Scope, scopeKey } from '../scope.js';
import { StoreError } from '../store-error.js';
import { type Fence } from '../work/work-ledger.js';
import { type TaskEntry } from './task-entry.js';

/** What identifies a conversation. */
export interface ConversationOf {
  readonly scope: Scope;
  readonly contextId: string;
}

interface Conversation {
  tasks: number;
  value?: { readonly json: string; readonly version: number };
}

/** The values of conversations, each kept as long as the conversation has a task. */
export class MemoryContextStore implements ContextStore {
  private readonly conversations = new Map<string, Conversation>();

  /** @param find finds a task, whoever owns it */
  constructor(
    private readonly find: (taskId: string) => TaskEntry | undefined,
  ) {}

  get size(): number {
    return this.conversations.size;
  }

  async load(
    scope: Scope,
    contextId: string,
  ): Promise<StoredContext | undefined> {
    const value = this.conversations.get(scopeKey(scope, contextId))?.value;
    return value && toStored(value);
  }

  async put(scope: Scope, command: PutContext): Promise<StoredContext> {
    const { contextId, value, expectedVersion, fence } = command;
    const key = scopeKey(scope, contextId);
    if (fence) {
      this.assertHeld(fence, key);
    }
    const conversation = this.conversations.get(key);
    if (!conversation) {
      throw new StoreError(
        'TASK_NOT_FOUND',
        'The conversation has no task that could keep a value',
      );
    }
    if ((conversation.value?.version ?? 0) !== expectedVersion) {
      throw new StoreError(
        'VERSION_CONFLICT',
        `The value of the conversation is no longer at version ${expectedVersion}`,
      );
    }
    const next = { json: JSON.stringify(value), version: expectedVersion + 1 };
    conversation.value = next;
    return toStored(next);
  }

  /** A task of the conversation has been created. */
  join({ scope, contextId }: ConversationOf): void {
    const key = scopeKey(scope, contextId);
    const conversation = this.conversations.get(key) ?? { tasks: 0 };
    conversation.tasks += 1;
    this.conversations.set(key, conversation);
  }

  /** A task of the conversation is gone. The value goes with the last one. */
  leave({ scope, contextId }: ConversationOf): void {
    const key = scopeKey(scope, contextId);
    const conversation = this.conversations.get(key);
    if (conversation) {
      conversation.tasks -= 1;
      if (conversation.tasks === 0) {
        this.conversations.delete(key);
      }
    }
  }

  /** @throws StoreError `FENCE_LOST` */
  private assertHeld({ taskId, epoch }: Fence, key: string): void {
    const entry = this.find(taskId);
    const isOfConversation =
      entry && scopeKey(entry.scope, entry.contextId) === key;
    if (!isOfConversation || !entry.work.isHeld(epoch)) {
      throw new StoreError(
        'FENCE_LOST',
        `The lease of epoch ${epoch} on task ${taskId} is lost`,
      );
    }
  }
}

function toStored(value: { json: string; version: number }): StoredContext {
  return {
    value: JSON.parse(value.json) as JsonValue,
    version: value.version,
  };
}
