import { type OpenRuntime } from '../runtime.js';
import { type WakeBus } from '../wake-bus.js';

/** A store without any tasks, used by one test. */
export interface OpenedStore extends OpenRuntime {
  /**
   * Lets at least so much time pass on the store's clock: by a fake clock where
   * the store has one, else by waiting.
   */
  advance(ms: number): Promise<void>;
}

/** Makes the stores that the suite tests. */
export interface StoreHarness {
  /** Opens a store that is empty. The suite closes it. */
  open(): Promise<OpenedStore>;
}

/** A wake-up in use. */
export interface OpenedWakeBus {
  readonly wake: WakeBus;
  /** The same wake-up as another process has it, where it reaches other processes. */
  readonly peer?: WakeBus;
  close(): Promise<void>;
}

/** Makes the wake-ups that the suite tests. */
export interface WakeBusHarness {
  open(): Promise<OpenedWakeBus>;
}
