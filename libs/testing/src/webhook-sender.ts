import { type KeyObject } from 'node:crypto';
import {
  createSigningKey,
  createWebhookToken,
  type JwkSet,
  readWebhookSecret,
  signWebhook,
  toJwkSet,
  newKeyPair,
} from '@nest-a2a/protocol';

/** What a test says about a webhook. */
export interface SentWebhook {
  /** @default 'evt_1' */
  id?: string;
  /** Seconds. @default the sender's clock */
  timestamp?: number;
  /** @default a status update of the task `t`: working */
  body?: string;
  sequence?: number;
  previous?: number;
  /** Besides those of the webhook, in small letters. */
  headers?: Record<string, string>;
}

/** A webhook as it goes over HTTP. */
export interface WebhookOnTheWire {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** A status update of A2A 1.0 as JSON. @param state without its prefix, such as `WORKING` */
export function statusUpdateJson(state: string, taskId = 't'): string {
  const status = { state: `TASK_STATE_${state}` };
  return JSON.stringify({ statusUpdate: { taskId, contextId: 'c', status } });
}

/** Makes webhooks as an agent does, with a key of its own. */
export class WebhookSender {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;

  /** @param clock what attempts are dated with */
  constructor(private readonly clock: { now(): number } = Date) {
    const { privateKey, publicKey } = newKeyPair('ed25519');
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** What the sender would publish. */
  get jwks(): JwkSet {
    return toJwkSet([createSigningKey({ key: this.privateKey })]);
  }

  /** Without a signature. */
  plain(webhook: SentWebhook = {}): WebhookOnTheWire {
    const { sequence, previous, headers = {} } = webhook;
    const { id, timestamp, body } = this.complete(webhook);
    return {
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(sequence !== undefined && {
          'a2a-event-sequence': String(sequence),
        }),
        ...(previous !== undefined && {
          'a2a-previous-sequence': String(previous),
        }),
        ...headers,
      },
      body: Buffer.from(body),
    };
  }

  /** With the signatures of Standard Webhooks. @param keys private keys of Ed25519 and secrets @default the sender's own */
  signed(
    webhook: SentWebhook = {},
    keys: readonly KeyObject[] = [this.privateKey],
  ): WebhookOnTheWire {
    const { headers, body } = this.plain(webhook);
    const signature = signWebhook(this.complete(webhook), keys);
    return { headers: { 'webhook-signature': signature, ...headers }, body };
  }

  /** Signed by a secret that both sides know (`whsec_…`). */
  signedBySecret(secret: string, webhook: SentWebhook = {}): WebhookOnTheWire {
    return this.signed(webhook, [readWebhookSecret(secret)]);
  }

  /** With a JWT in `Authorization`. @param audience the origin of the receiver */
  withJwt(audience: string, webhook: SentWebhook = {}): WebhookOnTheWire {
    const { headers, body } = this.plain(webhook);
    const { id, timestamp: issuedAt } = this.complete(webhook);
    const issuer = 'https://agent.example.com';
    const token = createWebhookToken(
      { audience, id, body, issuer, taskId: 't', issuedAt },
      createSigningKey({ key: this.privateKey }),
    );
    return { headers: { authorization: `Bearer ${token}`, ...headers }, body };
  }

  private complete({
    id = 'evt_1',
    timestamp = Math.floor(this.clock.now() / 1_000),
    body = statusUpdateJson('WORKING'),
  }: SentWebhook) {
    return { id, timestamp, body };
  }
}
