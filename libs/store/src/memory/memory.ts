import { type Runtime } from '../runtime.js';
import { MemoryTaskStore } from './memory-task-store.js';
import { MemoryWakeBus } from './memory-wake-bus.js';

/** Tasks live in the memory of the process and end with it: for development, and for agents without long tasks. */
export function memory(): Runtime {
  return {
    name: 'memory',
    isDurable: false,
    open: async ({ clock }) => {
      const wake = new MemoryWakeBus();
      return {
        store: new MemoryTaskStore(clock),
        wake,
        close: async () => wake.close(),
      };
    },
  };
}
