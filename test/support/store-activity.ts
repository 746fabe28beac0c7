import { setImmediate } from 'node:timers/promises';
import { type TaskStore } from '@nest-a2a/store';
import { withMethods } from '@nest-a2a/testing';

/** For so many turns of the event loop nobody must want anything of a store. */
const QUIET_TURNS = 2;

/** The calls of stores that have no answer yet. */
export class StoreActivity {
  private calls = 0;

  /** The same store, whose calls count from now on. */
  watch(store: TaskStore): TaskStore {
    const watched = <T extends object>(part: T) => this.watchPart(part);
    return withMethods(store, {
      log: watched(store.log),
      work: watched(store.work),
      push: watched(store.push),
      redeliveries: watched(store.redeliveries),
      contexts: watched(store.contexts),
      secrets: watched(store.secrets),
    });
  }

  /** Resolves when all calls are answered, and whoever waited for the answers wants no more. */
  async settled(): Promise<void> {
    let quiet = 0;
    while (quiet < QUIET_TURNS) {
      await setImmediate();
      quiet = this.calls === 0 ? quiet + 1 : 0;
    }
  }

  private watchPart<T extends object>(part: T): T {
    return new Proxy(part, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        return typeof method === 'function'
          ? (...args: unknown[]) => this.count(method.apply(target, args))
          : method;
      },
    });
  }

  private async count(call: Promise<unknown>): Promise<unknown> {
    this.calls += 1;
    try {
      return await call;
    } finally {
      this.calls -= 1;
    }
  }
}
