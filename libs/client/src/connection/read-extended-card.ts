import {
  type A2AErrorCode,
  type AgentCard,
  isA2AError,
  parseAgentCard,
} from '@nest-a2a/protocol';
import { runAttempts } from '../calls/run-attempts.js';
import { assertValid, type CardChecks } from '../card/card-reader.js';
import { upgradeCard } from '../card/upgrade-card.js';
import { type CallAnswer } from '../interceptors/client-interceptor.js';
import { type AgentRoutes } from './agent-routes.js';
import { type ConnectionSettings } from './connection-settings.js';
import { sendAttempt } from './send-attempt.js';

/** What agents say that have no extended card, whatever the public one says. */
const MISSING: readonly A2AErrorCode[] = [
  'EXTENDED_AGENT_CARD_NOT_CONFIGURED',
  'METHOD_NOT_FOUND',
  'UNSUPPORTED_OPERATION',
];

/** What an extended card is asked for with, and has to pass. */
export interface ExtendedCardConditions {
  readonly settings: ConnectionSettings;
  readonly checks: CardChecks;
  readonly signal: AbortSignal;
}

/**
 * The card for callers that the agent knows, as it takes the place of the public one.
 *
 * @returns `undefined` where the agent has none after all
 * @throws A2AError, A2AClientError
 */
export async function readExtendedCard(
  routes: AgentRoutes,
  { settings, checks, signal }: ExtendedCardConditions,
): Promise<AgentCard | undefined> {
  const { verify, validate } = checks;
  try {
    const answer = await ask(routes, settings, signal);
    const extended = parseAgentCard('content' in answer ? answer.content : {});
    const card = upgradeCard(routes.card, extended, verify !== undefined);
    await assertValid(card, validate, signal);
    return card;
  } catch (error) {
    if (isA2AError(error) && MISSING.includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

function ask(
  routes: AgentRoutes,
  { interceptors, extensions, retry }: ConnectionSettings,
  signal: AbortSignal,
): Promise<CallAnswer> {
  return runAttempts({
    routes: () => Promise.resolve(routes),
    send: (route, attempt) =>
      sendAttempt(route, interceptors, {
        operation: 'GetExtendedAgentCard',
        request: {},
        isStream: false,
        card: routes.card,
        attempt,
        signal,
        lastEventId: undefined,
        extensions,
      }),
    isRepeatable: () => true,
    messageId: undefined,
    retry,
    signal,
  });
}
