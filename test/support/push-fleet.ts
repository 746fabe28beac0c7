import { LeapClock } from './leap-clock.js';
import { PushLab, type PushLabOptions } from './push-lab.js';
import {
  DURABLE_PUSH,
  type RuntimeFaults,
  SharedRuntime,
} from './shared-runtime.js';

/** What differs from an ordinary process. */
interface ProcessOptions extends PushLabOptions {
  /** What stands between it and the store. */
  readonly faults?: RuntimeFaults;
}

/** Several agents with webhooks on one store and in one time, as if each was a process of its own. */
export class PushFleet {
  readonly clock = new LeapClock();
  readonly runtime = new SharedRuntime(this.clock);
  private readonly labs: PushLab[] = [];

  /** One more process. */
  async start({
    push = {},
    options = {},
    faults = {},
    ...rest
  }: ProcessOptions = {}): Promise<PushLab> {
    const lab = await PushLab.start({
      clock: this.clock,
      push: { ...DURABLE_PUSH, ...push },
      options: { runtime: this.runtime.instance(faults), ...options },
      ...rest,
    });
    this.labs.push(lab);
    return lab;
  }

  /** Lets so much time pass, milliseconds. */
  leap(ms: number): Promise<void> {
    return this.clock.leapTo(this.clock.now() + ms);
  }

  /** Ends those that still run, the last one first. */
  async close(): Promise<void> {
    for (const lab of this.labs.splice(0).reverse()) await lab.close();
  }
}
