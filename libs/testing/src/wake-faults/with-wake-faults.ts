import {
  type Runtime,
  type Unsubscribe,
  type WakeBus,
  type WakeTopic,
} from '@nest-a2a/store';
import { type WakeFaults } from './wake-faults.js';

/**
 * The same runtime, with faults in what its wake-up brings: hints of this
 * process and of others. What is stored, and what is found by looking, stays as it is.
 */
export function withWakeFaults(runtime: Runtime, faults: WakeFaults): Runtime {
  return {
    ...runtime,
    open: async (options) => {
      const opened = await runtime.open(options);
      return {
        ...opened,
        wake: new FaultyWakeBus(opened.wake, faults),
        close: async () => {
          faults.close();
          await opened.close();
        },
      };
    },
  };
}

class FaultyWakeBus implements WakeBus {
  constructor(
    private readonly wake: WakeBus,
    private readonly faults: WakeFaults,
  ) {}

  get pollMs(): number {
    return this.wake.pollMs;
  }

  get isListening(): boolean {
    return this.wake.isListening ?? true;
  }

  ring(topics: readonly WakeTopic[]): void {
    this.wake.ring(topics);
  }

  on(topic: WakeTopic, callback: () => void): Unsubscribe {
    let isListening = true;
    const end = this.wake.on(topic, () =>
      this.faults.pass(() => {
        // Who has gone is not called by a hint that was late.
        if (isListening) callback();
      }),
    );
    return () => {
      isListening = false;
      end();
    };
  }
}
