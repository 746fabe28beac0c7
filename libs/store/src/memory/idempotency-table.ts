import { type Seq } from '../log/task-event.js';
import { type Accepted, type IdempotencyKey } from '../log/task-log.js';
import { type Scope, scopeKey } from '../scope.js';
import { StoreError } from '../store-error.js';

/** Where the record of a send is. */
export interface RecordedSend {
  readonly messageKey: string;
  readonly fingerprint: string;
}

interface FirstSend {
  readonly taskId: string;
  readonly turn: Seq;
}

/** What was sent already, and what became of it. */
export class IdempotencyTable {
  /** By scope and messageId, then by fingerprint. */
  private readonly messages = new Map<string, Map<string, FirstSend>>();

  get size(): number {
    return this.messages.size;
  }

  /**
   * What the first send of the same was answered with; `undefined` for a new one.
   *
   * @throws StoreError `MESSAGE_ID_REUSED`
   */
  replay(scope: Scope, key: IdempotencyKey): Accepted | undefined {
    const sends = this.messages.get(scopeKey(scope, key.messageId));
    const first = sends?.get(key.fingerprint);
    if (first) {
      return { kind: 'replayed', ...first };
    }
    if (sends && key.isStrict) {
      throw new StoreError(
        'MESSAGE_ID_REUSED',
        'Another message was sent with the same messageId',
      );
    }
    return undefined;
  }

  record(
    scope: Scope,
    { messageId, fingerprint }: IdempotencyKey,
    first: FirstSend,
  ): RecordedSend {
    const messageKey = scopeKey(scope, messageId);
    const sends = this.messages.get(messageKey) ?? new Map<string, FirstSend>();
    this.messages.set(messageKey, sends.set(fingerprint, first));
    return { messageKey, fingerprint };
  }

  forget({ messageKey, fingerprint }: RecordedSend): void {
    const sends = this.messages.get(messageKey);
    sends?.delete(fingerprint);
    if (sends?.size === 0) {
      this.messages.delete(messageKey);
    }
  }
}
