import {
  createWebhookToken,
  type SignedWebhook,
  signWebhook,
} from '@nest-a2a/protocol';
import { type Clock, type PushConfig } from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../../options/resolved-options.js';
import { A2A_CLOCK } from '../../runtime/runtime.tokens.js';
import { type PushTarget } from '../secret-box.js';
import { secretsFor } from './webhook-secrets.js';
import { TokenIssuers } from './token-issuers.service.js';
import { WebhookKeys } from './webhook-keys.service.js';

/** Whose webhook is signed, and where it goes. */
export interface WebhookAddressee {
  readonly config: Pick<PushConfig, 'taskId' | 'scope' | 'origin'>;
  readonly target: Pick<PushTarget, 'authentication'>;
}

/** Signs webhooks: what is sent, with the time of the attempt. */
@Injectable()
export class WebhookSigner {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(A2A_CLOCK) private readonly clock: Clock,
    @Inject(WebhookKeys) private readonly keys: WebhookKeys,
    @Inject(TokenIssuers) private readonly issuers: TokenIssuers,
  ) {}

  /**
   * The headers that prove who has sent a webhook; none where webhooks are not
   * signed.
   *
   * @throws WebhookSigningError, StoreError: never unsigned where it should be signed
   */
  async headersFor(
    webhook: SignedWebhook,
    { config, target }: WebhookAddressee,
  ): Promise<Record<string, string>> {
    const { signing } = this.options.push;
    const active = await this.keys.active();
    if (!signing || !active) {
      return {};
    }
    const { agent, tenant } = config.scope;
    const query = { agent, tenant: tenant || undefined, origin: config.origin };
    const secrets = await secretsFor(query, signing, this.clock);
    const token = signing.jwt && expectsToken(target);
    return {
      'webhook-signature': signWebhook(webhook, [
        ...active.signers,
        ...secrets,
      ]),
      ...(token && {
        authorization: `Bearer ${createWebhookToken(
          {
            issuer: this.issuers.of(agent),
            audience: config.origin,
            id: webhook.id,
            issuedAt: webhook.timestamp,
            body: webhook.body,
            taskId: config.taskId,
          },
          active.tokenKey,
        )}`,
      }),
    };
  }
}

/** Who gives a scheme and no credentials for it leaves them to us. */
function expectsToken({
  authentication,
}: Pick<PushTarget, 'authentication'>): boolean {
  return (
    authentication?.scheme.toLowerCase() === 'bearer' &&
    !authentication.credentials
  );
}
