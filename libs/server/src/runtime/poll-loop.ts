import { AsyncResource } from 'node:async_hooks';
import { type CancelTimer, type Clock } from '@nest-a2a/store';

/** What a {@link PollLoop} does each time. */
export interface PollStep {
  /**
   * Does what is to be done now.
   *
   * @returns milliseconds until there may be more, without a wake-up
   */
  run(): Promise<number>;
  /** Called when `run` throws. */
  onError(error: unknown): void;
}

/** The wait after a step that threw. */
const ERROR_DELAY_MS = 1_000;

/**
 * Runs a step whenever somebody wakes it, and by itself after the time that the
 * step asked for. Never two at once; a wake-up during a step means one more
 * afterwards, so that none is lost. Steps run in the asynchronous context that
 * the loop was made in, and not in that of the request that woke it: what belongs
 * to that, such as its trace, ends with it.
 */
export class PollLoop {
  private state: 'new' | 'idle' | 'running' | 'running-again' | 'stopped' =
    'new';
  private cancelTimer: CancelTimer | undefined;
  private current: Promise<void> = Promise.resolve();
  /** Whoever wakes the loop, such as a request, must not be in what it does: other tenants' turns, for example. */
  private readonly runInOwnContext = AsyncResource.bind(() => this.runSteps());

  constructor(
    private readonly clock: Clock,
    private readonly step: PollStep,
  ) {}

  /** Begins, with a first step at once. Nothing happens after {@link stop}. */
  start(): void {
    if (this.state === 'new') {
      this.state = 'idle';
      this.wake();
    }
  }

  /** Looks again, now or right after the step that runs. */
  wake(): void {
    if (this.state === 'idle') {
      this.state = 'running';
      this.current = this.runInOwnContext();
    } else if (this.state === 'running') {
      this.state = 'running-again';
    }
  }

  /** Resolves when the step that runs, and the one that a wake-up has asked for, are over. */
  idle(): Promise<void> {
    return this.current;
  }

  /** Ends it for good, after the step that runs. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    this.cancelTimer?.();
    await this.current;
  }

  private async runSteps(): Promise<void> {
    this.cancelTimer?.();
    let delayMs: number;
    do {
      this.state = 'running';
      delayMs = await this.runStep();
    } while (this.stateNow() === 'running-again');
    if (this.stateNow() === 'running') {
      this.state = 'idle';
      this.cancelTimer = this.clock.schedule(delayMs, () => this.wake());
    }
  }

  private async runStep(): Promise<number> {
    try {
      return await this.step.run();
    } catch (error) {
      this.step.onError(error);
      return ERROR_DELAY_MS;
    }
  }

  /** Others change the state while a step is awaited, which the compiler does not see. */
  private stateNow(): string {
    return this.state;
  }
}
