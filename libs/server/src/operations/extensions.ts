import {
  extensionSupportRequired,
  parseWebhookChoice,
} from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';

/**
 * The extensions that are active: those that the caller declares and the agent
 * has (A2A §4.6.3). What a caller chooses for its webhooks is one as well.
 *
 * @throws A2AError `EXTENSION_SUPPORT_REQUIRED`
 */
export function activeExtensions(
  declared: readonly string[],
  { card, pushNotifications }: AgentDefinition,
): string[] {
  const offered = card.capabilities?.extensions ?? [];
  for (const { uri, required } of offered) {
    if (required && !declared.includes(uri)) {
      throw extensionSupportRequired(uri);
    }
  }
  const choices = pushNotifications ? declared.filter(isWebhookChoice) : [];
  return [
    ...offered.map(({ uri }) => uri).filter((uri) => declared.includes(uri)),
    ...new Set(choices),
  ];
}

function isWebhookChoice(uri: string): boolean {
  return parseWebhookChoice(uri) !== undefined;
}
