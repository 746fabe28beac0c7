import { type AgentCard, isA2AError } from '@nest-a2a/protocol';
import { OpenCalls } from '../calls/open-calls.js';
import { untilAborted } from '../calls/until-aborted.js';
import { type CardSource } from '../connection/card-source.js';
import { isA2AClientError } from '../errors/a2a-client-error.js';
import { sleep } from '../waiting/sleep.js';
import { freshForMs } from './card-freshness.js';
import { type FetchedCard } from './fetch-card.js';

/** The least time between two looks at a card, whatever the agent says of its freshness. */
const MIN_AGE_MS = 60_000;

/** The least time between two looks where something is wrong with the card that is there. */
const MIN_REFRESH_MS = 5_000;

/** How long a call waits for a look where a card is there: what holds up the card must not hold up the calls. */
const PATIENCE_MS = 1_000;

/** How cards are got. */
export interface CardAccess {
  /** Reads the card where none is there. */
  readonly fetch: (signal: AbortSignal) => Promise<FetchedCard>;
  /** Looks whether the card is still the same. @default it never changes */
  readonly fetchAgain?: (
    known: FetchedCard,
    signal: AbortSignal,
  ) => Promise<FetchedCard>;
  /** Milliseconds for a look. */
  readonly timeoutMs: number;
}

/**
 * The card of one agent, looked at again when it has become stale (RFC 9111),
 * with one request for all who wait. A look that fails on the way, or takes
 * long, keeps the card that is there, `must-revalidate` or not: calls would fail
 * otherwise that the agent answers. One that finds a card which is not to be
 * trusted ends that, until another look finds one that is.
 */
export class CardKeeper implements CardSource {
  readonly #access: CardAccess;
  readonly #looks = new OpenCalls();
  #known: FetchedCard | undefined;
  /** Why the card that is there does not count any more. */
  #refusal: { readonly error: unknown } | undefined;
  #lookedAt = 0;
  #staleAt = 0;
  #look: Promise<AgentCard> | undefined;

  constructor(access: CardAccess) {
    this.#access = access;
  }

  async current(signal: AbortSignal): Promise<AgentCard> {
    return this.#known && Date.now() < this.#staleAt
      ? this.#answer(this.#known)
      : this.#wait(signal);
  }

  async refresh(signal: AbortSignal): Promise<AgentCard> {
    const isFixed = !this.#access.fetchAgain;
    const isNew = Date.now() < this.#lookedAt + MIN_REFRESH_MS;
    return this.#known && (isFixed || isNew)
      ? this.#answer(this.#known)
      : this.#wait(signal);
  }

  /** Ends the look that is under way, and refuses others. Idempotent. */
  close(): void {
    this.#looks.close();
  }

  async #wait(signal: AbortSignal): Promise<AgentCard> {
    this.#look ??= this.#lookNow().finally(() => (this.#look = undefined));
    const look = this.#look;
    // Whoever waits for it may leave before it fails.
    look.catch(() => undefined);
    const known = this.#refusal ? undefined : this.#known;
    const patience = new AbortController();
    try {
      return await untilAborted(
        () => (known ? orAfterwards(look, known.card, patience.signal) : look),
        signal,
      );
    } finally {
      patience.abort();
    }
  }

  async #lookNow(): Promise<AgentCard> {
    const { fetch, fetchAgain, timeoutMs } = this.#access;
    const known = this.#known;
    try {
      const found = await this.#looks.run({ timeoutMs }, (signal) =>
        known && fetchAgain ? fetchAgain(known, signal) : fetch(signal),
      );
      this.#note(found, fetchAgain ? lifetimeOf(found) : Infinity);
    } catch (error) {
      if (!known) {
        throw error;
      }
      this.#noteFailure(error);
    }
    return this.#answer(this.#known as FetchedCard);
  }

  #note(found: FetchedCard, lifetimeMs: number): void {
    this.#known = found;
    this.#refusal = undefined;
    this.#lookedAt = Date.now();
    this.#staleAt = this.#lookedAt + lifetimeMs;
  }

  #noteFailure(error: unknown): void {
    if (!isOnTheWay(error)) {
      this.#refusal = { error };
    }
    this.#lookedAt = Date.now();
    this.#staleAt =
      this.#lookedAt + (this.#refusal ? MIN_REFRESH_MS : MIN_AGE_MS);
  }

  #answer({ card }: FetchedCard): AgentCard {
    if (this.#refusal) {
      throw this.#refusal.error;
    }
    return card;
  }
}

/** The card that a look finds, or the one that is there where the look takes long. */
function orAfterwards(
  look: Promise<AgentCard>,
  known: AgentCard,
  signal: AbortSignal,
): Promise<AgentCard> {
  const waited = sleep(PATIENCE_MS, signal).then(() => known);
  // It ends with the wait, as planned.
  waited.catch(() => undefined);
  return Promise.race([look, waited]);
}

function lifetimeOf({ headers }: FetchedCard): number {
  return Math.max(MIN_AGE_MS, freshForMs(headers));
}

/** Whether a look failed in a way that says nothing against the card that is there. */
function isOnTheWay(error: unknown): boolean {
  if (!isA2AClientError(error)) {
    return isA2AError(error);
  }
  const { code, status = 0 } = error;
  const areKeysAway = status === 429 || status >= 500;
  return code === 'card-not-trusted' ? areKeysAway : code !== 'card-refused';
}
