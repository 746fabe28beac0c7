/**
 * Counts the timers that are started and not over. The process-wide list of
 * active resources would count those of the test runner as well.
 */
export class TimerLedger {
  readonly #pending = new Set<unknown>();
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;

  constructor() {
    globalThis.setTimeout = Object.assign(
      (action: () => void, delayMs?: number) => {
        const timer = this.#setTimeout(() => {
          this.#pending.delete(timer);
          action();
        }, delayMs);
        this.#pending.add(timer);
        return timer;
      },
      this.#setTimeout,
    );
    globalThis.clearTimeout = (timer) => {
      this.#pending.delete(timer);
      this.#clearTimeout(timer);
    };
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Gives back the functions of the platform. */
  stop(): void {
    globalThis.setTimeout = this.#setTimeout;
    globalThis.clearTimeout = this.#clearTimeout;
  }
}
