import { type Clock } from './clock.js';
import { type TaskStore } from './task-store.js';
import { type WakeBus } from './wake-bus.js';

/** A store and a wake-up that are in use. */
export interface OpenRuntime {
  readonly store: TaskStore;
  readonly wake: WakeBus;
  /** Lets go of connections and timers. Nothing is called afterwards. */
  close(): Promise<void>;
}

/** Where tasks live: the value of the `runtime` option. */
export interface Runtime {
  /** For logs: `memory`, `postgres`, … */
  readonly name: string;
  /** Whether tasks survive the process. */
  readonly isDurable: boolean;
  open(options: { clock: Clock }): Promise<OpenRuntime>;
}
