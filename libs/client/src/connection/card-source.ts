import { type AgentCard } from '@nest-a2a/protocol';

/** Where a connection has its card from. The same object as long as the card is the same. */
export interface CardSource {
  /** The card, read where there is none yet, or the one there is has become stale. */
  current(signal: AbortSignal): Promise<AgentCard>;
  /** The card, read anew where it was not read just now. */
  refresh(signal: AbortSignal): Promise<AgentCard>;
  /** Ends what is under way. Idempotent. */
  close(): void;
}
