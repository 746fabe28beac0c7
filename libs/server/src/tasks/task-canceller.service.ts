import {
  type TaskState,
  taskNotCancelable,
  taskNotFound,
} from '@nest-a2a/protocol';
import {
  type CallContext,
  type Clock,
  isStoreError,
  type LoadOptions,
  type NewEvent,
  type OpenRuntime,
  SYSTEM_CONTEXT,
  type TaskRecord,
  type TaskStore,
  type WakeBus,
} from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { A2A_CLOCK, OPEN_RUNTIME } from '../runtime/runtime.tokens.js';
import { idsOf, statusEvent } from './new-events.js';
import { retryOnConflict } from './retry-on-conflict.js';
import { TaskFollower } from './task-follower.service.js';
import { TaskJournal } from './task-journal.service.js';
import { artifactEnds } from './turn-events.js';

/** What a decision needs of a task. */
const LITTLE: LoadOptions = { historyLength: 0, includeArtifacts: false };
const CANCELED: TaskState = 'TASK_STATE_CANCELED';

/**
 * Cancels tasks. The wish is a durable mark. Whoever runs the task sees it,
 * stops the worker and writes the end; where nobody does, the canceller writes
 * it. An owner that has not ended the task after the grace period is fenced
 * out: it can write nothing more. The first terminal event wins.
 */
@Injectable()
export class TaskCanceller {
  private readonly store: TaskStore;
  private readonly wake: WakeBus;

  constructor(
    @Inject(OPEN_RUNTIME) { store, wake }: OpenRuntime,
    @Inject(A2A_CLOCK) private readonly clock: Clock,
    @Inject(TaskJournal) private readonly journal: TaskJournal,
    @Inject(TaskFollower) private readonly follower: TaskFollower,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.store = store;
    this.wake = wake;
  }

  /**
   * Resolves when the task is cancelled. A task that is already is as well.
   *
   * @throws A2AError `TASK_NOT_FOUND`, `TASK_NOT_CANCELABLE` where the task ended otherwise
   */
  async cancel(taskId: string, context: CallContext): Promise<TaskRecord> {
    const { isFinished } = await this.load(taskId, context, LITTLE);
    if (!isFinished) {
      await retryOnConflict(() => this.tryCancel(taskId, context)).catch(
        assertOver,
      );
    }
    const canceled = await this.load(taskId, context);
    const { state } = canceled.task.status;
    if (state !== CANCELED) {
      throw taskNotCancelable(taskId, state);
    }
    return canceled;
  }

  private async load(
    taskId: string,
    context: CallContext,
    options: LoadOptions = {},
  ): Promise<TaskRecord> {
    const record = await this.store.log.load(taskId, options, context);
    if (!record?.isAnnounced) {
      throw taskNotFound(taskId);
    }
    return record;
  }

  private async tryCancel(taskId: string, context: CallContext): Promise<void> {
    const record = await this.load(taskId, context, LITTLE);
    const { version, isFinished } = record;
    if (isFinished) {
      return;
    }
    const answer = await this.store.work.requestCancel(taskId, context);
    if (answer === 'unowned') {
      const events = await this.ending(record);
      await this.journal.append(
        { taskId, events, expectedVersion: version },
        context,
      );
    } else if (answer === 'signalled') {
      await this.awaitOwner(record);
    }
  }

  /** Waits for the owner to end the task, and ends it without the owner after the grace period. */
  private async awaitOwner(record: TaskRecord): Promise<void> {
    const { version, task } = record;
    const grace = new AbortController();
    const endGrace = this.clock.schedule(this.options.cancelGraceMs, () =>
      grace.abort(),
    );
    try {
      this.wake.ring([`cancel:${task.id}`]);
      const range = { after: version, signal: grace.signal };
      for await (const event of this.follower.follow(task.id, range)) {
        void event;
      }
    } finally {
      endGrace();
    }
    if (grace.signal.aborted) {
      const { turn } = await this.load(task.id, SYSTEM_CONTEXT, LITTLE);
      const events = await this.ending({ task, turn });
      await this.journal.fenceOut(task.id, events);
    }
  }

  /** The end of the task, behind what its turn has left incomplete. */
  private async ending({
    task,
    turn,
  }: Pick<TaskRecord, 'task' | 'turn'>): Promise<NewEvent[]> {
    const { log } = this.store;
    const at = this.store.now();
    return [
      ...(await artifactEnds(log, { taskId: task.id, turn })),
      statusEvent(idsOf(task), { state: CANCELED, at }),
    ];
  }
}

/** Somebody else was faster, which is no failure: what became of the task is read afterwards. */
function assertOver(error: unknown): void {
  const isOver =
    isStoreError(error, 'TASK_FINISHED') ||
    isStoreError(error, 'TASK_NOT_FOUND');
  if (!isOver) throw error;
}
