import { createHash } from 'node:crypto';
import {
  createGuardedClients,
  type GuardedClients,
  type GuardedHttpOptions,
  type GuardedResponse,
} from '@nest-a2a/egress';
import { type PushConfig } from '@nest-a2a/store';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { egressPolicyOf } from './egress-policy.js';
import { type Delivery } from './next-delivery.js';
import { type PushTarget } from './secret-box.js';
import { WebhookSigner } from './signing/webhook-signer.service.js';
import { type WebhookPayload } from './webhook-payload.js';

/** Token of what the tests put in place of DNS and of the public certificate authorities. */
export const WEBHOOK_NETWORK = Symbol.for('@nest-a2a/server:WEBHOOK_NETWORK');

/** DNS answers and certificate authorities for webhooks. */
export type WebhookNetwork = Pick<
  GuardedHttpOptions,
  'resolve' | 'certificateAuthorities'
>;

/** One request to a webhook. */
export interface WebhookRequest {
  readonly target: PushTarget;
  readonly payload: WebhookPayload;
  readonly config: PushConfig;
  readonly delivery: Delivery;
  /** Whether it is sent once more: what was sent before it says nothing about a gap then. */
  readonly isRedelivery: boolean;
  /** When the attempt begins, milliseconds. */
  readonly at: number;
  readonly signal: AbortSignal;
  /** The trace that it is part of, for the receiver to continue. */
  readonly traceparent?: string | undefined;
}

/** Sends to webhooks, through the egress guard and nothing else. No two tenants share a connection. */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly http: GuardedClients;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(WEBHOOK_NETWORK) network: WebhookNetwork,
    @Inject(WebhookSigner) private readonly signer: WebhookSigner,
  ) {
    this.http = createGuardedClients({
      ...network,
      policyOf: (tenant) => egressPolicyOf(options.push, tenant),
      ...(options.push.proxy && { proxy: options.push.proxy }),
      keepAlive: true,
      maxSocketsPerOrigin: options.push.perOrigin,
    });
  }

  /** @throws EgressError where no answer came; WebhookSigningError, StoreError where it could not be signed, and was not sent */
  async send({
    target,
    payload,
    config,
    delivery,
    isRedelivery,
    at,
    signal,
    traceparent,
  }: WebhookRequest): Promise<GuardedResponse> {
    const id = webhookId(config, delivery);
    const timestamp = Math.floor(at / 1_000);
    const webhook = { id, timestamp, body: payload.body };
    const signed = await this.signer.headersFor(webhook, { config, target });
    return this.http.request(config.scope.tenant, {
      method: 'POST',
      url: target.url,
      headers: {
        'content-type': payload.contentType,
        ...authenticationHeaders(target),
        ...signed,
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(traceparent !== undefined && { traceparent }),
        'a2a-event-sequence': String(delivery.event.seq),
        ...(!isRedelivery && {
          'a2a-previous-sequence': String(config.previous),
        }),
      },
      body: payload.body,
      deadlineMs: this.options.push.deadlineMs,
      signal,
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.http.close();
  }
}

/** A2A names no header for the token; implementations expect the one or the other. */
function authenticationHeaders({
  token,
  authentication,
}: PushTarget): Record<string, string> {
  const headers: Record<string, string> = {};
  if (token !== undefined) {
    headers['x-a2a-notification-token'] = token;
    headers['a2a-notification-token'] = token;
  }
  if (authentication?.credentials !== undefined) {
    const { scheme, credentials } = authentication;
    headers.authorization = `${scheme} ${credentials}`;
  }
  return headers;
}

/**
 * The id of what is delivered to one webhook, the same at every attempt
 * (Standard Webhooks). Derived, so that nothing has to be stored, and hashed,
 * because its parts could hold a dot, which signatures use as a separator.
 */
export function webhookId(
  { taskId, id }: Pick<PushConfig, 'taskId' | 'id'>,
  { event, isSnapshot }: Delivery,
): string {
  const parts = [taskId, id, event.seq, ...(isSnapshot ? ['task'] : [])];
  const digest = createHash('sha256')
    .update(JSON.stringify(parts))
    .digest('base64url');
  return `evt_${digest.slice(0, 32)}`;
}
