import { setTimeout } from 'node:timers/promises';
import { StoreError } from '@nest-a2a/store';
import { blockEventLoop } from './block-event-loop.js';
import {
  type Failpoint,
  type FailpointName,
  type Passage,
} from './failpoint.js';

/** How a process fails. Tests of the failpoints themselves put something harmless in place. */
export interface FailureSwitches {
  /** Told before anything happens: nothing else may be told after a `KILL`. */
  readonly onFired?: (failpoint: Failpoint) => void;
  /** @default SIGKILL */
  readonly kill?: () => void;
  /** @default SIGSTOP */
  readonly pause?: () => void;
  /** Resolves after so many milliseconds. @default a timer */
  readonly wait?: (durationMs: number) => Promise<unknown>;
  /** Lets the process do nothing for so many milliseconds. @default {@link blockEventLoop} */
  readonly block?: (durationMs: number) => void;
}

interface Armed {
  readonly failpoint: Failpoint;
  passes: number;
}

const DELAY_MS = 500;
const HANG_MS = 10_000;
const BLOCK_MS = 1_000;

const ANYTHING: Passage = Object.freeze({ ids: [], terminal: false, at: 0 });

/**
 * The failpoints of a process. Nothing happens until one is armed, and an armed
 * one goes off once. See `withFailpoints` for where the passes come from.
 */
export class Failpoints {
  private readonly armed = new Map<string, Armed>();

  constructor(private readonly switches: FailureSwitches = {}) {}

  /** Those with the same id replace each other. */
  arm(failpoint: Failpoint): void {
    this.armed.set(failpoint.id, { failpoint, passes: 0 });
  }

  disarm(id: string): void {
    this.armed.delete(id);
  }

  /**
   * Passes a point. Never settles after a `KILL`.
   *
   * @throws StoreError `UNAVAILABLE` for an `ERROR`, and at the end of a `HANG` that fails
   */
  async pass(point: FailpointName, passage = ANYTHING): Promise<void> {
    for (const armed of this.armed.values()) {
      const { failpoint } = armed;
      if (failpoint.point !== point || !matches(failpoint, passage)) {
        continue;
      }
      armed.passes += 1;
      if (armed.passes === (failpoint.nth ?? 1)) {
        this.armed.delete(failpoint.id);
        await this.fire(failpoint);
      }
    }
  }

  private async fire(failpoint: Failpoint): Promise<void> {
    const { onFired, kill, pause, block } = this.switches;
    onFired?.(failpoint);
    switch (failpoint.action) {
      case 'KILL':
        (kill ?? (() => process.kill(process.pid, 'SIGKILL')))();
        return new Promise(() => undefined);
      case 'PAUSE':
        (pause ?? (() => process.kill(process.pid, 'SIGSTOP')))();
        return undefined;
      case 'ERROR':
        throw errorOf(failpoint);
      case 'DELAY':
        return this.wait(failpoint.durationMs ?? DELAY_MS);
      case 'HANG':
        return this.hang(failpoint);
      case 'BLOCK':
        (block ?? blockEventLoop)(failpoint.durationMs ?? BLOCK_MS);
        return undefined;
    }
  }

  private async hang(failpoint: Failpoint): Promise<void> {
    await this.wait(failpoint.durationMs ?? HANG_MS);
    if (failpoint.fails === true) {
      throw errorOf(failpoint);
    }
  }

  private async wait(durationMs: number): Promise<void> {
    await (this.switches.wait ?? setTimeout)(durationMs);
  }
}

function errorOf({ id }: Failpoint): StoreError {
  return new StoreError('UNAVAILABLE', `Failpoint ${id}`);
}

function matches(
  { target, terminal, from = 0 }: Failpoint,
  { ids, terminal: isTerminal, at }: Passage,
): boolean {
  return (
    (target === undefined || ids.includes(target)) &&
    (terminal === undefined || terminal === isTerminal) &&
    at >= from
  );
}
