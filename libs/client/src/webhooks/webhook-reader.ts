import { readPayload } from './read-notification.js';
import { parseWebhookBody, readWebhookBody } from './webhook-body.js';
import { type WebhookChecks } from './webhook-checks.js';
import { isWebhookError, WebhookError } from './webhook-error.js';
import {
  headerReader,
  readFacts,
  type WebhookFacts,
} from './webhook-headers.js';
import { WebhookNotification } from './webhook-notification.js';
import { type WebhookRegistration } from './webhook-receiver-options.js';
import { type WebhookRequest } from './webhook-request.js';

/** What a reader needs. */
interface ReaderSettings {
  readonly checks: WebhookChecks;
  readonly toleranceMs: number;
  readonly maxBodyBytes: number;
  readonly clock: { now(): number };
}

/**
 * Checks a webhook and reads it, in the order of what that costs: who shows no
 * secret is refused before the body is read, who has not signed before it is
 * parsed.
 */
export class WebhookReader {
  readonly #settings: ReaderSettings;

  constructor(settings: ReaderSettings) {
    this.#settings = settings;
  }

  /**
   * @throws WebhookError
   * @throws TypeError where the body was parsed already
   */
  async read({
    headers,
    body,
    source,
  }: WebhookRequest): Promise<WebhookNotification> {
    const { checks, clock, toleranceMs, maxBodyBytes } = this.#settings;
    const header = headerReader(headers);
    const unknown: WebhookRegistration = { taskId: '', source };
    for (const check of checks.secrets) {
      await check.assert(header, unknown);
    }
    const facts = readFacts(header);
    const now = clock.now();
    assertInTime(facts, { now, toleranceMs });
    const bytes = await readWebhookBody(body, {
      header,
      maxBytes: maxBodyBytes,
    });
    for (const check of checks.signatures) {
      await check({ header, facts, body: bytes, now, toleranceMs });
    }
    const payload = parseWebhookBody(bytes);
    const content = { ...readPayload(payload), payload, facts, source };
    const notification = new WebhookNotification(content);
    const { taskId } = notification;
    for (const check of checks.lookups) {
      await looking(() => check.assert(header, { taskId, source }));
    }
    return notification;
  }
}

function assertInTime(
  { timestamp }: WebhookFacts,
  { now, toleranceMs }: { now: number; toleranceMs: number },
): void {
  if (timestamp === undefined) {
    return;
  }
  const aheadMs = timestamp * 1_000 - now;
  if (Math.abs(aheadMs) <= toleranceMs) {
    return;
  }
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  throw aheadMs > 0
    ? new WebhookError(
        'in-the-future',
        `A webhook is ${seconds} s ahead of the clock: compare the clocks of both machines`,
      )
    : new WebhookError(
        'too-old',
        `A webhook is ${seconds} s old: it was held up or repeated, or the clocks of both machines differ`,
      );
}

async function looking(check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (cause) {
    if (isWebhookError(cause)) {
      throw cause;
    }
    throw new WebhookError(
      'check-failed',
      'The function that tells the secret of a webhook failed',
      { cause },
    );
  }
}
