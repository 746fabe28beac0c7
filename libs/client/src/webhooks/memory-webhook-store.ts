import { type WebhookClaim, type WebhookStore } from './webhook-store.js';

/** Options of {@link createMemoryWebhookStore}. */
export interface MemoryWebhookStoreOptions {
  /** How long a webhook that was handled is remembered, milliseconds. @default 86400000 (a day) */
  readonly rememberMs?: number | undefined;
  /** Webhooks that are remembered; the oldest are forgotten. @default 100000 */
  readonly maxWebhooks?: number | undefined;
  /** Tasks whose last event is remembered; those that nothing was heard of for longest are forgotten. @default 10000 */
  readonly maxTasks?: number | undefined;
  /** @default the clock of the system */
  readonly clock?: { now(): number } | undefined;
}

/** The defaults of {@link MemoryWebhookStoreOptions}. */
export const DEFAULT_MEMORY_WEBHOOK_STORE_OPTIONS = Object.freeze({
  rememberMs: 86_400_000,
  maxWebhooks: 100_000,
  maxTasks: 10_000,
});

/**
 * Remembers in this process, within bounds. What is being handled is never
 * forgotten.
 *
 * @throws TypeError for a bound that is not positive
 */
export function createMemoryWebhookStore({
  rememberMs = DEFAULT_MEMORY_WEBHOOK_STORE_OPTIONS.rememberMs,
  maxWebhooks = DEFAULT_MEMORY_WEBHOOK_STORE_OPTIONS.maxWebhooks,
  maxTasks = DEFAULT_MEMORY_WEBHOOK_STORE_OPTIONS.maxTasks,
  clock = Date,
}: MemoryWebhookStoreOptions = {}): WebhookStore {
  assertPositive({ rememberMs, maxWebhooks, maxTasks });
  return new MemoryWebhookStore({ rememberMs, maxWebhooks, maxTasks, clock });
}

/** The options, complete. */
interface Bounds {
  readonly rememberMs: number;
  readonly maxWebhooks: number;
  readonly maxTasks: number;
  readonly clock: { now(): number };
}

class MemoryWebhookStore implements WebhookStore {
  /** Owners by key. */
  readonly #inProgress = new Map<string, string>();
  /** When to forget, by key; the oldest first. */
  readonly #handled = new Map<string, number>();
  /** Places by task; the one that was heard of last is last. */
  readonly #sequences = new Map<string, number>();
  readonly #bounds: Bounds;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  async claim(key: string, owner: string): Promise<WebhookClaim> {
    this.#forgetExpired();
    if (this.#handled.has(key)) {
      return 'handled';
    }
    if (this.#inProgress.has(key)) {
      return 'in-progress';
    }
    this.#inProgress.set(key, owner);
    return 'claimed';
  }

  async complete(key: string, owner: string): Promise<void> {
    await this.release(key, owner);
    const { clock, rememberMs, maxWebhooks } = this.#bounds;
    this.#handled.delete(key);
    this.#handled.set(key, clock.now() + rememberMs);
    dropOldest(this.#handled, maxWebhooks);
  }

  async release(key: string, owner: string): Promise<void> {
    if (this.#inProgress.get(key) === owner) {
      this.#inProgress.delete(key);
    }
  }

  async lastSequence(task: string): Promise<number | undefined> {
    return this.#sequences.get(task);
  }

  async advance(task: string, sequence: number): Promise<void> {
    const last = Math.max(this.#sequences.get(task) ?? 0, sequence);
    this.#sequences.delete(task);
    this.#sequences.set(task, last);
    dropOldest(this.#sequences, this.#bounds.maxTasks);
  }

  #forgetExpired(): void {
    const now = this.#bounds.clock.now();
    for (const [key, expiresAt] of this.#handled) {
      if (expiresAt > now) {
        return;
      }
      this.#handled.delete(key);
    }
  }
}

function dropOldest(map: Map<string, unknown>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) {
      return;
    }
    map.delete(key);
  }
}

function assertPositive(bounds: Record<string, number>): void {
  for (const [name, value] of Object.entries(bounds)) {
    if (!(value > 0)) {
      throw new TypeError(`${name} must be a positive number`);
    }
  }
}
