import {
  type DumpedConfig,
  type Operation,
  type WebhookReceived,
} from '../history/history.js';

/** All that is known about one push notification configuration. */
export interface PushView {
  readonly taskId: string;
  readonly configId: string;
  /** What the receiver got, in the order of its beginning. */
  readonly requests: readonly WebhookReceived[];
  /** As it stands in the store, unless it was deleted. */
  readonly dumped: DumpedConfig | undefined;
  /** It lived from the beginning of the task to the end. */
  readonly isLive: boolean;
  readonly creates: readonly Operation[];
  readonly deletes: readonly Operation[];
}

/** Names a configuration; its own id is unique within its task only. */
export function pushKey(taskId: string, configId: string): string {
  return JSON.stringify([taskId, configId]);
}

/**
 * Whether it may have begun more than once: then its position may have gone back
 * or forth, and what was sent for the one before may arrive late.
 */
export function mayHaveBegunAgain({ creates, deletes }: PushView): boolean {
  return creates.length > 1 && deletes.length > 0;
}

/** Whether the receiver has the event, as far as the receiver knows. */
export function isProcessed({ answer }: WebhookReceived): boolean {
  return answer === 'taken' || answer === 'processedButReset';
}

/** Whether the event was given up, as far as the store remembers. */
export function isDead({ dumped }: PushView, seq: number): boolean {
  return (dumped?.attempts ?? []).some(
    (attempt) => attempt.seq === seq && attempt.outcome === 'dead',
  );
}
