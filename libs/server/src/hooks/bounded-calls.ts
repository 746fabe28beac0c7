import { AsyncResource } from 'node:async_hooks';

/** How many calls there may be. */
export interface CallLimits {
  readonly underWay: number;
  /** Behind those that are under way. */
  readonly waiting: number;
}

/** Calls that whoever asks for them does not wait for: few at a time, in their order. */
export class BoundedCalls {
  private readonly waiting: (() => Promise<void>)[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private isStopped = false;

  constructor(private readonly limits: CallLimits) {}

  /** Calls that are not over. */
  get size(): number {
    return this.underWay.size + this.waiting.length;
  }

  /**
   * @param call never rejects
   * @returns whether it will be called: not where too many wait already, nor after {@link stop}
   */
  add(call: () => Promise<void>): boolean {
    if (this.isStopped || this.waiting.length >= this.limits.waiting) {
      return false;
    }
    // One that waits is begun by the end of another, in whose context it must not run.
    this.waiting.push(AsyncResource.bind(call));
    this.fill();
    return true;
  }

  /**
   * Waits for all calls until `grace` resolves. What has not begun then is not called.
   *
   * @returns how many were not over
   */
  async stop(grace: Promise<void>): Promise<number> {
    await Promise.race([this.idle(), grace]);
    this.isStopped = true;
    const left = this.size;
    this.waiting.length = 0;
    return left;
  }

  private async idle(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.all(this.underWay);
    }
  }

  private fill(): void {
    while (this.underWay.size < this.limits.underWay) {
      const call = this.waiting.shift();
      if (!call) {
        return;
      }
      const running = call().finally(() => {
        this.underWay.delete(running);
        this.fill();
      });
      this.underWay.add(running);
    }
  }
}
