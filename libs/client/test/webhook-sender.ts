import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  createSigningKey,
  createWebhookToken,
  readWebhookSecret,
  signWebhook,
  toJwkSet,
} from '@nest-a2a/protocol';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
export const OTHER_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
export const TOKEN = 'my-secret-token';

/** The receiver's time in tests. */
export const NOW_S = Date.UTC(2026, 0, 1) / 1_000;
export const CLOCK = { now: () => NOW_S * 1_000 };

/** What a test changes about a webhook. */
export interface SentWebhook {
  id?: string;
  timestamp?: number;
  body?: string;
  sequence?: number;
  previous?: number;
  headers?: Record<string, string>;
}

export const status = (state: string, taskId = 't'): string =>
  JSON.stringify({
    statusUpdate: {
      taskId,
      contextId: 'c',
      status: { state: `TASK_STATE_${state}` },
    },
  });

/** A sender of webhooks with a key of its own. */
export class WebhookSender {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  get jwks() {
    return toJwkSet([createSigningKey({ key: this.privateKey })]);
  }

  /** Without a signature. */
  plain({
    id = 'evt_1',
    timestamp = NOW_S,
    body = status('WORKING'),
    sequence,
    previous,
    headers = {},
  }: SentWebhook = {}): { headers: Record<string, string>; body: Buffer } {
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

  signed(webhook: SentWebhook = {}, keys: KeyObject[] = [this.privateKey]) {
    const { id = 'evt_1', timestamp = NOW_S } = webhook;
    const { headers, body } = this.plain(webhook);
    const signature = signWebhook({ id, timestamp, body }, keys);
    return { headers: { 'webhook-signature': signature, ...headers }, body };
  }

  /** Signed by a secret that both sides know. */
  withSecret(webhook: SentWebhook = {}, secret = SECRET) {
    return this.signed(webhook, [readWebhookSecret(secret)]);
  }

  withJwt(webhook: SentWebhook = {}, audience = 'https://hooks.example.com') {
    const { id = 'evt_1', timestamp = NOW_S } = webhook;
    const { headers, body } = this.plain(webhook);
    const token = createWebhookToken(
      {
        audience,
        id,
        body,
        issuer: 'https://agent.example.com',
        taskId: 't',
        issuedAt: timestamp,
      },
      createSigningKey({ key: this.privateKey }),
    );
    return { headers: { authorization: `Bearer ${token}`, ...headers }, body };
  }
}
