import { isTerminal } from '@nest-a2a/protocol';
import {
  isStoreError,
  type OpenRuntime,
  type Seq,
  type StoredEvent,
  SYSTEM_CONTEXT,
  type TaskStore,
} from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { OPEN_RUNTIME } from '../runtime/runtime.tokens.js';
import { LogWatcher, type LogWatch } from './log-watcher.service.js';

const EVENTS_PER_READ = 256;

/** Follows the log of a task, at the speed of whoever reads. */
@Injectable()
export class TaskFollower {
  private readonly store: TaskStore;

  constructor(
    @Inject(OPEN_RUNTIME) { store }: OpenRuntime,
    @Inject(LogWatcher) private readonly watcher: LogWatcher,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.store = store;
  }

  /**
   * Every event after a position, in order, without gap or duplicate. Waits at
   * the end of the log for more; ends after the last event of the task, when
   * the task is gone, or when the signal aborts. A reader that does not read
   * holds nothing but what one read brought. A store that does not answer is
   * waited for.
   */
  async *follow(
    taskId: string,
    { after, signal }: { after: Seq; signal: AbortSignal },
  ): AsyncGenerator<StoredEvent, void, undefined> {
    const watch = this.watcher.watch(taskId, signal);
    const maxBytes = this.options.sse.bufferBytes;
    let position = after;
    // A task that ends or goes without an event is one that this reader finds so, or is woken for.
    let mayBeOver = true;
    try {
      while (!signal.aborted) {
        const range = { after: position, limit: EVENTS_PER_READ, maxBytes };
        const events = await whenThere(watch, () =>
          this.store.log.read(taskId, range, SYSTEM_CONTEXT),
        );
        if (!events) continue;
        for (const event of events) {
          position = event.seq;
          yield event;
          if (endsTask(event)) return;
        }
        if (events.length > 0) {
          mayBeOver = false;
          continue;
        }
        const isOver =
          mayBeOver &&
          (await whenThere(watch, () => this.isOver(taskId, position)));
        if (isOver === undefined) continue;
        if (isOver) return;
        await watch.next(position);
        mayBeOver = true;
      }
    } finally {
      watch.close();
    }
  }

  private async isOver(taskId: string, position: Seq): Promise<boolean> {
    const versions = await this.store.log.versions([taskId], SYSTEM_CONTEXT);
    const task = versions.get(taskId);
    return !task || (task.isFinished && task.version <= position);
  }
}

/** What the store answers. Where it does not: `undefined`, as soon as it may answer again. */
async function whenThere<T>(
  watch: LogWatch,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!isStoreError(error, 'UNAVAILABLE')) throw error;
    // The watch asks for all readers together; any answer is news to one that has seen nothing.
    await watch.next(0);
    return undefined;
  }
}

/** Whether nothing can follow an event. */
function endsTask({ body }: StoredEvent): boolean {
  return (
    body.kind === 'reply' ||
    (body.kind === 'statusUpdate' && isTerminal(body.statusUpdate.status.state))
  );
}
