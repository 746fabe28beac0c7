import { type JsonValue } from '@nest-a2a/protocol';
import { type ContextStore, isStoreError, type Scope } from '@nest-a2a/store';
import { jsonCopy } from './content.js';
import { TurnError } from './turn.errors.js';

/** The value of a conversation, as one turn knows it. */
export class Conversation {
  private version: number | undefined;

  constructor(
    private readonly store: ContextStore,
    private readonly scope: Scope,
    private readonly contextId: string,
  ) {}

  /** The value, `undefined` where none was stored. */
  async load(): Promise<JsonValue | undefined> {
    const stored = await this.store.load(this.scope, this.contextId);
    this.version = stored?.version ?? 0;
    return stored?.value;
  }

  /** Stores a value. @throws TurnError `CONTEXT_CONFLICT` */
  async update(value: JsonValue): Promise<void> {
    if (this.version === undefined) {
      await this.load();
    }
    try {
      const stored = await this.store.put(this.scope, {
        contextId: this.contextId,
        value: (jsonCopy(value) ?? null) as JsonValue,
        expectedVersion: this.version ?? 0,
      });
      this.version = stored.version;
    } catch (error) {
      throw isStoreError(error, 'VERSION_CONFLICT')
        ? new TurnError(
            'CONTEXT_CONFLICT',
            'Another turn has changed the value of the conversation: load it again',
            { cause: error },
          )
        : error;
    }
  }
}
