import {
  type Clock,
  MemoryTaskStore,
  MemoryWakeBus,
  type OpenRuntime,
  type Runtime,
  systemClock,
  type TaskStore,
  type WakeBus,
} from '@nest-a2a/store';
import { STORE } from './store-kind.js';
import { newFile, newSchema } from './test-database.js';
import { ENCRYPTION_KEY } from './test-runtime.js';

/** Push options of an agent with a durable runtime. */
export const DURABLE_PUSH = {
  allowHttp: true,
  allowPrivateNetworks: true,
  encryptionKey: ENCRYPTION_KEY,
};

/** What stands between an application and its database. */
export interface RuntimeFaults {
  store?: (real: TaskStore) => TaskStore;
  wake?: (real: WakeBus) => WakeBus;
}

/** Opens one database again and again. */
type Source = (clock: Clock) => Promise<OpenRuntime>;

/** One database for several applications, as if each was a process of its own. */
export class SharedRuntime {
  private readonly opened: OpenRuntime[] = [];
  private readonly source = newSource();

  constructor(private readonly clock: Clock = systemClock) {}

  /** The database as a test looks into it, while an application has it open. */
  get store(): TaskStore {
    const [first] = this.opened;
    if (!first) throw new TypeError('No application has the database open');
    return first.store;
  }

  /** What one application opens. */
  instance(faults: RuntimeFaults = {}): Runtime {
    const { store = (real) => real, wake = (real) => real } = faults;
    return {
      name: 'shared',
      isDurable: true,
      open: async () => {
        const opened = await this.source(this.clock);
        this.opened.push(opened);
        return {
          store: store(opened.store),
          wake: wake(opened.wake),
          close: () => this.close(opened),
        };
      },
    };
  }

  private async close(opened: OpenRuntime): Promise<void> {
    this.opened.splice(this.opened.indexOf(opened), 1);
    await opened.close();
  }
}

/** A bus that loses every hint. */
export const DEAF_BUS: WakeBus = {
  pollMs: 1_000,
  ring: () => undefined,
  on: () => () => undefined,
};

function newSource(): Source {
  if (STORE === 'postgres') {
    const schema = newSchema();
    return (clock) => schema.open(clock);
  }
  return shared(STORE === 'sqlite' ? newFile().open : openMemory());
}

function openMemory(): Source {
  const wake = new MemoryWakeBus();
  let store: TaskStore | undefined;
  return async (clock) => ({
    store: (store ??= new MemoryTaskStore(clock)),
    wake,
    close: async () => undefined,
  });
}

/** Opens once for all, and closes after the last: a SQLite file belongs to one process. */
function shared(source: Source): Source {
  let opened: Promise<OpenRuntime> | undefined;
  let users = 0;
  return async (clock) => {
    users += 1;
    opened ??= source(clock);
    const runtime = await opened;
    const close = async () => {
      users -= 1;
      if (users > 0) return;
      opened = undefined;
      await runtime.close();
    };
    return { ...runtime, close };
  };
}
