import { StoreError } from '@nest-a2a/store';
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
}

interface Armed {
  readonly failpoint: Failpoint;
  passes: number;
}

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
   * @throws StoreError `UNAVAILABLE` for an `ERROR`
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
    const { onFired, kill, pause } = this.switches;
    onFired?.(failpoint);
    switch (failpoint.action) {
      case 'KILL':
        (kill ?? (() => process.kill(process.pid, 'SIGKILL')))();
        return new Promise(() => undefined);
      case 'PAUSE':
        (pause ?? (() => process.kill(process.pid, 'SIGSTOP')))();
        return undefined;
      case 'ERROR':
        throw new StoreError('UNAVAILABLE', `Failpoint ${failpoint.id}`);
    }
  }
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
