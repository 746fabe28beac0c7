import { type AgentCard } from '@nest-a2a/protocol';
import { untilAborted } from '../calls/until-aborted.js';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { type CardReader } from './fetch-card.js';
import { readCard } from './read-card.js';
import { type CardVerifier } from './verify-card.js';

/** Looks at a card before it is used; throws, or rejects, to refuse it. */
export type CardValidator = (
  card: AgentCard,
  signal: AbortSignal,
) => void | Promise<void>;

/** What a card has to pass. */
export interface CardChecks {
  /** @default the card is believed as it comes */
  readonly verify?: CardVerifier | undefined;
  readonly validate?: CardValidator | undefined;
}

/** Makes cards of what is received, and lets none through that does not pass. */
export function createCardReader({ verify, validate }: CardChecks): CardReader {
  return async (received, signal) => {
    const card = readCard(verify ? await verify(received, signal) : received);
    await assertValid(card, validate, signal);
    return card;
  };
}

/** @throws A2AClientError `card-refused` */
export async function assertValid(
  card: AgentCard,
  validate: CardValidator | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    // A validator that never comes to an end must not be the end of all looks.
    await untilAborted(async () => validate?.(card, signal), signal);
  } catch (cause) {
    throw new A2AClientError(
      'card-refused',
      `The option cardValidator refused the card of "${card.name}"`,
      { cause },
    );
  }
}
