import { type CancelTimer, type Clock } from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { A2A_CLOCK } from './runtime.tokens.js';

/** Whether this process is on its way out, takes on nothing new, and how long it has. */
@Injectable()
export class DrainState {
  private draining = false;
  private cancelTimer: CancelTimer | undefined;

  constructor(
    @Inject(A2A_CLOCK) private readonly clock: Clock,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  get isDraining(): boolean {
    return this.draining;
  }

  /** There is no way back. @returns a promise that resolves at the end of the drain period */
  begin(): Promise<void> {
    this.draining = true;
    return new Promise((resolve) => {
      this.cancelTimer = this.clock.schedule(this.options.drainMs, resolve);
    });
  }

  /** Everything has ended before the drain period did. */
  end(): void {
    this.cancelTimer?.();
  }
}
