import {
  type AgentCard,
  type AgentExtension,
} from '../agent-card/agent-card.js';

/**
 * The extension of agent cards that says where the keys are that sign an
 * agent's webhooks: `params.jwksUrl` is the URL of a JWK set (RFC 7517).
 */
export const WEBHOOK_KEYS_EXTENSION = 'urn:nest-a2a:webhook-keys:v1';

/** The extension as it stands in a card. */
export function toWebhookKeysExtension(jwksUrl: string): AgentExtension {
  return {
    uri: WEBHOOK_KEYS_EXTENSION,
    description: 'Webhooks are signed (Standard Webhooks); these are the keys.',
    params: { jwksUrl },
  };
}

/** Where the keys are that sign the webhooks of an agent; `undefined` where its card does not say. */
export function webhookKeysUrlOf({
  capabilities,
}: Pick<AgentCard, 'capabilities'>): string | undefined {
  const extension = capabilities.extensions?.find(
    ({ uri }) => uri === WEBHOOK_KEYS_EXTENSION,
  );
  const url = extension?.params?.jwksUrl;
  return typeof url === 'string' && URL.canParse(url) ? url : undefined;
}
