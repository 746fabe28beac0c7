import {
  type Clock,
  type OpenRuntime,
  type Seq,
  SYSTEM_CONTEXT,
  type TaskStore,
  type Unsubscribe,
  type WakeBus,
} from '@nest-a2a/store';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { PollLoop } from '../runtime/poll-loop.js';
import { A2A_CLOCK, OPEN_RUNTIME } from '../runtime/runtime.tokens.js';

/** A reader's way to wait for more in the log of one task. */
export interface LogWatch {
  /**
   * Resolves when there may be events after a position, when the task has gone,
   * or when the signal of the watch aborts. What happened since the last call
   * resolves at once.
   */
  next(after: Seq): Promise<void>;
  /** Must be called when the reader stops. */
  close(): void;
}

/** One reader: what it has seen, and whether it should look again. */
class Watcher implements LogWatch {
  after: Seq = 0;
  private hasHint = false;
  private notify: (() => void) | undefined;

  constructor(readonly close: () => void) {}

  readonly hint = (): void => {
    this.hasHint = true;
    this.notify?.();
  };

  async next(after: Seq): Promise<void> {
    this.after = after;
    if (!this.hasHint) {
      await new Promise<void>((resolve) => (this.notify = resolve));
      this.notify = undefined;
    }
    this.hasHint = false;
  }
}

interface WatchedTask {
  readonly watchers: Set<Watcher>;
  readonly unsubscribe: Unsubscribe;
}

/**
 * Wakes the readers of logs: on a hint of the wake-up bus at once, and without
 * any by asking the store for the versions of all watched tasks together, one
 * poll for the whole process.
 */
@Injectable()
export class LogWatcher
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly logger = new Logger('A2ALogWatcher');
  private readonly tasks = new Map<string, WatchedTask>();
  private readonly store: TaskStore;
  private readonly wake: WakeBus;
  private readonly loop: PollLoop;

  constructor(
    @Inject(OPEN_RUNTIME) { store, wake }: OpenRuntime,
    @Inject(A2A_CLOCK) clock: Clock,
  ) {
    this.store = store;
    this.wake = wake;
    this.loop = new PollLoop(clock, {
      run: () => this.poll(),
      onError: (error) =>
        this.logger.warn(
          `Streams wait: the store does not answer (${String(error)})`,
        ),
    });
  }

  /** How many tasks are watched. */
  get size(): number {
    return this.tasks.size;
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** Begins to watch a task: nothing that happens from now on is missed. */
  watch(taskId: string, signal: AbortSignal): LogWatch {
    const watcher = new Watcher(() => {
      signal.removeEventListener('abort', watcher.hint);
      this.remove(taskId, watcher);
    });
    signal.addEventListener('abort', watcher.hint);
    this.watched(taskId).watchers.add(watcher);
    return watcher;
  }

  private watched(taskId: string): WatchedTask {
    const known = this.tasks.get(taskId);
    if (known) {
      return known;
    }
    const watchers = new Set<Watcher>();
    const unsubscribe = this.wake.on(`task:${taskId}`, () =>
      watchers.forEach((watcher) => watcher.hint()),
    );
    const task = { watchers, unsubscribe };
    this.tasks.set(taskId, task);
    return task;
  }

  private remove(taskId: string, watcher: Watcher): void {
    const task = this.tasks.get(taskId);
    if (task?.watchers.delete(watcher) && task.watchers.size === 0) {
      task.unsubscribe();
      this.tasks.delete(taskId);
    }
  }

  private async poll(): Promise<number> {
    const ids = [...this.tasks.keys()];
    if (ids.length > 0) {
      const versions = await this.store.log.versions(ids, SYSTEM_CONTEXT);
      for (const id of ids) {
        const version = versions.get(id)?.version ?? Infinity;
        this.tasks.get(id)?.watchers.forEach((watcher) => {
          if (version > watcher.after) watcher.hint();
        });
      }
    }
    return this.wake.pollMs;
  }
}
