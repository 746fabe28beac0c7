import {
  type Clock,
  MemoryTaskStore,
  MemoryWakeBus,
  type Runtime,
  systemClock,
  type TaskStore,
  type WakeBus,
} from '@nest-a2a/store';

/** A key that a durable runtime needs for webhooks. */
export const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');

/** Push options of an agent with a durable runtime. */
export const DURABLE_PUSH = {
  allowHttp: true,
  allowPrivateNetworks: true,
  encryptionKey: ENCRYPTION_KEY,
};

/** One database for several applications, as if each was a process of its own. */
export class SharedRuntime {
  readonly store: MemoryTaskStore;
  readonly wake = new MemoryWakeBus();

  constructor(clock: Clock = systemClock) {
    this.store = new MemoryTaskStore(clock);
  }

  /** What one application opens; `faults` may put something else between it and the database. */
  instance(
    faults: {
      store?: (real: TaskStore) => TaskStore;
      wake?: (real: WakeBus) => WakeBus;
    } = {},
  ): Runtime {
    const { store = (real) => real, wake = (real) => real } = faults;
    return {
      name: 'shared',
      isDurable: true,
      open: async () => ({
        store: store(this.store),
        wake: wake(this.wake),
        close: async () => undefined,
      }),
    };
  }
}

/** A bus that loses every hint. */
export const DEAF_BUS: WakeBus = {
  pollMs: 1_000,
  ring: () => undefined,
  on: () => () => undefined,
};
