import { unavailable } from '@nest-a2a/protocol';
import { type CancelTimer, type Clock } from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { A2A_CLOCK } from './runtime.tokens.js';
import { RETRY_AFTER_SECONDS } from './retry-after.js';

/** Whether this process is on its way out, takes on nothing new, and how long it has. */
@Injectable()
export class DrainState {
  private draining = false;
  private endingStreams = false;
  private cancelTimer: CancelTimer | undefined;

  constructor(
    @Inject(A2A_CLOCK) private readonly clock: Clock,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  get isDraining(): boolean {
    return this.draining;
  }

  /** @throws A2AError `UNAVAILABLE` where nothing new is taken on: another instance will answer */
  assertTakesOn(): void {
    if (this.draining) {
      throw unavailable(RETRY_AFTER_SECONDS);
    }
  }

  /** @throws A2AError `UNAVAILABLE` where streams are being ended: one that begins now would end at once, again and again */
  assertStreams(): void {
    if (this.endingStreams) {
      throw unavailable(RETRY_AFTER_SECONDS);
    }
  }

  /** From now on nobody can begin to wait for anything. */
  endStreams(): void {
    this.endingStreams = true;
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
