import {
  type AgentExtension,
  toIdempotentSendExtension,
  toWebhookKeysExtension,
} from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';
import { type ResolvedOptions } from '../options/resolved-options.js';

/** Where an agent's keys are, behind its path. Not `jwks.json`: an application that signs anything else has one of its own. */
export const WEBHOOK_KEYS_PATH = '/.well-known/a2a-webhook-keys.json';

/** Whether an agent has keys to show: it sends webhooks, and they are signed. */
export function showsWebhookKeys(
  { pushNotifications }: AgentDefinition,
  { push }: Pick<ResolvedOptions, 'push'>,
): boolean {
  return pushNotifications && push.signing !== false;
}

/**
 * The extensions that the runtime adds to the card of an agent.
 *
 * @param url where its routes are, without a slash at the end
 */
export function cardExtensions(
  agent: AgentDefinition,
  url: string,
  options: Pick<ResolvedOptions, 'push' | 'idempotency'>,
): readonly AgentExtension[] {
  return [
    ...(options.idempotency === 'off' ? [] : [toIdempotentSendExtension()]),
    ...(showsWebhookKeys(agent, options)
      ? [toWebhookKeysExtension(url + WEBHOOK_KEYS_PATH)]
      : []),
  ];
}
