import { isDeepStrictEqual } from 'node:util';
import { type JsonValue } from '@nest-a2a/protocol';
import {
  type Claim,
  type ContextStore,
  isStoreError,
  type StoredContext,
} from '@nest-a2a/store';
import { jsonCopy } from './content.js';
import { outlastOutage, type Waiting } from '../runtime/outlast-outage.js';
import { TurnError } from './turn.errors.js';

/** What the value of a conversation goes through. */
export interface ConversationPorts extends Waiting {
  readonly contexts: ContextStore;
  /** Throws where the turn may no longer write. */
  readonly assertOpen: () => void;
  /** What an error of a write means for the turn. */
  reasonOf(error: unknown): unknown;
}

/** The value of a conversation, as one turn knows it. Waits as long as the store is not there. */
export class Conversation {
  private version: number | undefined;

  constructor(
    private readonly claim: Claim,
    private readonly ports: ConversationPorts,
  ) {}

  /** The value, `undefined` where none was stored. */
  async load(): Promise<JsonValue | undefined> {
    const stored = await outlastOutage(() => this.read(), this.ports);
    this.version = stored?.version ?? 0;
    return stored?.value;
  }

  /** Stores a value. @throws TurnError `CONTEXT_CONFLICT`, `TURN_ENDED`, `TURN_LOST`, `TURN_HANDED_BACK` */
  async update(value: JsonValue): Promise<void> {
    const copy = (jsonCopy(value) ?? null) as JsonValue;
    this.ports.assertOpen();
    if (this.version === undefined) {
      await this.load();
    }
    const expectedVersion = this.version ?? 0;
    const stored = await this.write(copy, expectedVersion);
    this.version = stored.version;
  }

  private async write(
    value: JsonValue,
    expectedVersion: number,
  ): Promise<StoredContext> {
    let tries = 0;
    try {
      return await outlastOutage(() => {
        tries += 1;
        return this.put(value, expectedVersion);
      }, this.ports);
    } catch (error) {
      if (!isStoreError(error, 'VERSION_CONFLICT')) {
        throw this.ports.reasonOf(error);
      }
      // The answer to an earlier try may have been lost, and not the value.
      const stored =
        tries > 1 && (await outlastOutage(() => this.read(), this.ports));
      const isOurs =
        stored &&
        stored.version === expectedVersion + 1 &&
        isDeepStrictEqual(stored.value, value);
      if (isOurs) return stored;
      throw conflict(error);
    }
  }

  private read(): Promise<StoredContext | undefined> {
    const { scope, task } = this.claim.record;
    return this.ports.contexts.load(scope, task.contextId ?? '');
  }

  private put(
    value: JsonValue,
    expectedVersion: number,
  ): Promise<StoredContext> {
    const { record, fence } = this.claim;
    const contextId = record.task.contextId ?? '';
    const command = { contextId, value, expectedVersion, fence };
    return this.ports.contexts.put(record.scope, command);
  }
}

function conflict(cause: unknown): TurnError {
  return new TurnError(
    'CONTEXT_CONFLICT',
    'Another turn has changed the value of the conversation: load it again',
    { cause },
  );
}
