import { type WakeBus } from '../wake-bus.js';

/** A wake-up in use. */
export interface OpenWakeBus {
  readonly wake: WakeBus;
  /** Calls nobody any more and lets go of connections and timers. */
  close(): Promise<void>;
}

/** What a store says to the wake-up that it opens. */
export interface WakeBusSettings {
  /** Only those with the same one hear each other, such as the name of a schema. */
  readonly namespace: string;
  /** Is told what an operator should know. */
  readonly onWarning: (message: string) => void;
}

/** A wake-up between instances that does not come from the store itself: the value of its `wake` option. */
export interface WakeBusFactory {
  /** For logs: `redis`, … */
  readonly name: string;
  /**
   * Opens it. Where the others cannot be reached it opens all the same, warns,
   * has readers poll, and goes on trying: a hint may be lost, a start may not.
   */
  open(settings: WakeBusSettings): Promise<OpenWakeBus>;
}
