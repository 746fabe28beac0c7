import { type Claim, type ClaimOnAccept } from '@nest-a2a/store';

/** Room for one turn that is kept until it is used or given back. */
export interface TurnSlot {
  /** Who takes the turn on. */
  readonly claim: ClaimOnAccept;
  /** Runs the turn. */
  use(claim: Claim): void;
  /** Gives the room back. */
  free(): void;
}

/**
 * Lets whoever accepts a message have its turn run by this process at once,
 * without the way through the queue. Owned here and implemented by the workers,
 * which tasks do not know.
 */
export interface TurnSlots {
  /** Room for a turn of the agent, or `undefined` where there is none or no worker. */
  reserve(agent: string): TurnSlot | undefined;
  /** Whether the agent's worker may answer with a message and no task. */
  acceptsDirectReplies(agent: string): boolean;
}

/** Token of the {@link TurnSlots}. */
export const TURN_SLOTS = Symbol.for('@nest-a2a/server:TURN_SLOTS');
