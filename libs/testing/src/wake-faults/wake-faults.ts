/** What can be wrong with wake-ups, see {@link WakeFault}. */
export const WAKE_FAULTS = Object.freeze(['LOSE', 'DOUBLE', 'DELAY'] as const);

/**
 * - `LOSE`: no hint arrives, neither from this process nor from others.
 * - `DOUBLE`: each arrives twice, the second time a moment later.
 * - `DELAY`: each arrives late, and so perhaps in another order.
 */
export type WakeFault = (typeof WAKE_FAULTS)[number];

/** What is wrong with the wake-ups of a process, and for how long. */
export interface WakeFaultOptions {
  readonly fault: WakeFault;
  /** Milliseconds from now on. */
  readonly durationMs: number;
  /** How late a hint is, or its second arrival, milliseconds. @default 300 */
  readonly delayMs?: number;
}

const DELAY_MS = 300;

interface Begun extends WakeFaultOptions {
  readonly until: number;
  hasHappened: boolean;
}

/**
 * The wake-up of a process, and what is wrong with it. Nothing is until it is
 * told so. See `withWakeFaults` for where the hints come from.
 */
export class WakeFaults {
  private readonly late = new Set<NodeJS.Timeout>();
  private begun: Begun | undefined;

  /** @param onHappened told of each fault when the first hint suffers from it: one without hints has not happened */
  constructor(
    private readonly onHappened: (fault: WakeFaultOptions) => void = () =>
      undefined,
  ) {}

  /** Begins a fault in place of the one that there is. */
  begin(options: WakeFaultOptions): void {
    const until = performance.now() + options.durationMs;
    this.begun = { ...options, until, hasHappened: false };
  }

  /** Passes a hint on, as the fault of the moment has it. */
  pass(hint: () => void): void {
    const fault = this.current();
    if (fault?.fault !== 'LOSE' && fault?.fault !== 'DELAY') {
      hint();
    }
    if (fault && fault.fault !== 'LOSE') {
      this.passLater(hint, fault.delayMs ?? DELAY_MS);
    }
  }

  /** Forgets the hints that are late, and the fault. */
  close(): void {
    this.begun = undefined;
    this.late.forEach((timer) => clearTimeout(timer));
    this.late.clear();
  }

  private current(): WakeFaultOptions | undefined {
    const { begun } = this;
    if (!begun || performance.now() >= begun.until) {
      return undefined;
    }
    if (!begun.hasHappened) {
      begun.hasHappened = true;
      const { fault, durationMs, delayMs = DELAY_MS } = begun;
      this.onHappened({ fault, durationMs, delayMs });
    }
    return begun;
  }

  private passLater(hint: () => void, delayMs: number): void {
    const timer = setTimeout(() => {
      this.late.delete(timer);
      hint();
    }, delayMs);
    this.late.add(timer);
  }
}
