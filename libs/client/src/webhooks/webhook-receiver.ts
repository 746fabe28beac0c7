import { createGuardedHttp } from '@nest-a2a/egress';
import { HandledOnce, type WebhookHandler } from './handled-once.js';
import { assertKnownOptions } from './known-options.js';
import { createMemoryWebhookStore } from './memory-webhook-store.js';
import { OpenHandlers } from './open-handlers.js';
import {
  DUPLICATE,
  HANDLED,
  refusalOf,
  type WebhookAnswer,
} from './webhook-answer.js';
import { createChecks } from './webhook-checks.js';
import { WebhookError } from './webhook-error.js';
import { type WebhookNotification } from './webhook-notification.js';
import { WebhookReader } from './webhook-reader.js';
import {
  DEFAULT_WEBHOOK_RECEIVER_OPTIONS,
  type WebhookReceiverOptions,
} from './webhook-receiver-options.js';
import { type WebhookRequest } from './webhook-request.js';

/** Receives webhooks in whichever framework. */
export interface WebhookReceiver {
  /**
   * Checks and reads a webhook, and hands it to a handler unless that was done
   * before. Resolves with what to answer, when the handler has finished: only
   * then the sender may forget the event. Never rejects for what came.
   *
   * @throws TypeError where the body was parsed already
   */
  handle(
    request: WebhookRequest,
    handler: WebhookHandler,
  ): Promise<WebhookAnswer>;

  /**
   * Checks and reads a webhook and nothing more: whether it came before, and
   * which events are missing, is not known then.
   *
   * @throws WebhookError
   * @throws TypeError where the body was parsed already
   */
  read(request: WebhookRequest): Promise<WebhookNotification>;

  /**
   * Takes no more webhooks (503, so that they come again) and waits until those
   * that are being handled are done, for `drainMs` at most. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Makes a receiver of webhooks.
 *
 * ```ts
 * const receiver = createWebhookReceiver({ token: 'my-secret-token' });
 * createServer(async (request, response) => {
 *   const { headers } = request;
 *   const answer = await receiver.handle({ headers, body: request }, (event) =>
 *     console.log(event.taskId, event.state),
 *   );
 *   response.writeHead(answer.status, answer.headers).end(answer.body);
 * });
 * ```
 *
 * @throws TypeError for options that cannot work, and where nothing tells who sends
 */
export function createWebhookReceiver(
  options: WebhookReceiverOptions,
): WebhookReceiver {
  assertKnownOptions(options, OPTION_NAMES, 'createWebhookReceiver()');
  const settings = {
    ...DEFAULT_WEBHOOK_RECEIVER_OPTIONS,
    ...withoutUndefined(options),
  };
  const { clock = Date, egress = {}, toleranceMs, maxBodyBytes } = settings;
  assertPositive({ toleranceMs, maxBodyBytes, drainMs: settings.drainMs });
  const store = settings.store ?? createMemoryWebhookStore({ clock });
  const http = createGuardedHttp({ policy: egress });
  const checks = createChecks(options, { http, policy: egress, clock });
  const reader = new WebhookReader({
    checks,
    toleranceMs,
    maxBodyBytes,
    clock,
  });
  const once = new HandledOnce(store);
  const open = new OpenHandlers(settings.drainMs);

  const handle: WebhookReceiver['handle'] = async (request, handler) => {
    try {
      const notification = await reader.read(request);
      const isNew = await once.run(notification, handler);
      return isNew ? HANDLED : DUPLICATE;
    } catch (error) {
      if (error instanceof TypeError) {
        throw error;
      }
      return refusalOf(error);
    }
  };
  return {
    read: (request) => reader.read(request),
    handle: (request, handler) =>
      open.isClosed
        ? Promise.resolve(refusalOf(closed()))
        : open.add(handle(request, handler)),
    close: async () => {
      await open.close();
      await http.close();
    },
  };
}

const OPTION_NAMES: Readonly<Record<keyof WebhookReceiverOptions, true>> = {
  token: true,
  authorization: true,
  signature: true,
  jwt: true,
  acceptUnverified: true,
  toleranceMs: true,
  maxBodyBytes: true,
  store: true,
  egress: true,
  drainMs: true,
  clock: true,
};

function closed(): WebhookError {
  return new WebhookError('closing', 'The webhook receiver is closed');
}

function withoutUndefined<T extends object>(
  options: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  const given = Object.entries(options).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function assertPositive(values: Record<string, number>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'number' || !(value > 0)) {
      throw new TypeError(`${name} must be a positive number`);
    }
  }
}
