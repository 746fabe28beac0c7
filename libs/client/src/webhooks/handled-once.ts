import { createHash, randomUUID } from 'node:crypto';
import { WebhookError } from './webhook-error.js';
import { type WebhookNotification } from './webhook-notification.js';
import { type WebhookStore } from './webhook-store.js';

/** What handles a notification. It has failed where it throws. */
export type WebhookHandler = (
  notification: WebhookNotification,
) => void | Promise<void>;

/**
 * Handles each webhook once, and says which events are missing before it.
 * Senders deliver at least once: what was handled and comes again is no error,
 * what failed is handled again.
 */
export class HandledOnce {
  readonly #store: WebhookStore;

  constructor(store: WebhookStore) {
    this.#store = store;
  }

  /**
   * Resolves when the handler has finished.
   *
   * @returns false where the webhook was handled before
   * @throws WebhookError `in-progress`, `handler-failed`, `check-failed`
   */
  async run(
    notification: WebhookNotification,
    handler: WebhookHandler,
  ): Promise<boolean> {
    const { id, source = '' } = notification;
    if (id === undefined) {
      await this.#handle(notification, handler);
      return true;
    }
    const key = keyOf('webhook', source, id);
    const owner = randomUUID();
    const claim = await asking(() => this.#store.claim(key, owner));
    if (claim === 'in-progress') {
      throw new WebhookError('in-progress', 'The webhook is being handled');
    }
    if (claim === 'handled') {
      return false;
    }
    try {
      await this.#handle(notification, handler);
    } catch (error) {
      // What the handler threw says more than a store that fails as well.
      await asking(() => this.#store.release(key, owner)).catch(
        () => undefined,
      );
      throw error;
    }
    await asking(() => this.#store.complete(key, owner));
    return true;
  }

  async #handle(
    notification: WebhookNotification,
    handler: WebhookHandler,
  ): Promise<void> {
    const complete = await this.#withGap(notification);
    try {
      await handler(complete);
    } catch (cause) {
      throw new WebhookError('handler-failed', 'The handler failed', { cause });
    }
    const { sequence } = notification;
    if (sequence !== undefined) {
      const task = taskKeyOf(notification);
      await asking(() => this.#store.advance(task, sequence));
    }
  }

  /** An event that is sent anew, or one of another registration for the task, has a previous one that was seen long ago. */
  async #withGap(
    notification: WebhookNotification,
  ): Promise<WebhookNotification> {
    const { previousSequence: previous } = notification;
    if (previous === undefined) {
      return notification;
    }
    const task = taskKeyOf(notification);
    const lastSeen = await asking(() => this.#store.lastSequence(task));
    return lastSeen !== undefined && previous > lastSeen
      ? notification.withGap({ lastSeen, previous })
      : notification;
  }
}

function taskKeyOf({ source = '', taskId }: WebhookNotification): string {
  return keyOf('task', source, taskId);
}

/** Short whatever a sender chooses, and never the same for two senders that the application tells apart. */
function keyOf(kind: string, ...parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts));
  return `${kind}:${digest.digest('base64url')}`;
}

async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new WebhookError(
      'check-failed',
      'The store of the webhook receiver failed',
      { cause },
    );
  }
}
