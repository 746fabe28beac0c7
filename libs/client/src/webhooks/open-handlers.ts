/** What is being handled. At the end, no more is taken and what is there is waited for. */
export class OpenHandlers {
  readonly #open = new Set<Promise<unknown>>();
  readonly #drainMs: number;
  #closed: Promise<void> | undefined;

  constructor(drainMs: number) {
    this.#drainMs = drainMs;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Keeps a piece of work until it is done. */
  async add<T>(work: Promise<T>): Promise<T> {
    this.#open.add(work);
    try {
      return await work;
    } finally {
      this.#open.delete(work);
    }
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async #drain(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      // Longer than Node.js can wait is for ever.
      const ms = Math.min(this.#drainMs, 2_147_483_647);
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([Promise.allSettled(this.#open), late]);
    clearTimeout(timer);
  }
}
