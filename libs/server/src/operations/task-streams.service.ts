import { isTerminal } from '@nest-a2a/protocol';
import {
  type CallContext,
  type OpenRuntime,
  type Seq,
  type StoredEvent,
  type TaskRecord,
  type TaskStore,
} from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import { OPEN_RUNTIME } from '../runtime/runtime.tokens.js';
import { type AcceptedMessage } from '../tasks/message-acceptor.service.js';
import { TaskFollower } from '../tasks/task-follower.service.js';
import {
  eventItem,
  markResync,
  type StreamItem,
  taskItem,
} from './stream-item.js';

/** How a stream begins and until when it goes. */
export interface StreamStart {
  readonly context: CallContext;
  readonly signal: AbortSignal;
  readonly historyLength?: number | undefined;
}

/**
 * Streams of a task: the Task first, then what happens to it (A2A §3.1.2). The
 * snapshot and its position come from one read, so nothing is missed between
 * it and what follows, and nothing comes twice.
 */
@Injectable()
export class TaskStreams {
  private readonly store: TaskStore;

  constructor(
    @Inject(OPEN_RUNTIME) { store }: OpenRuntime,
    @Inject(TaskFollower) private readonly follower: TaskFollower,
  ) {
    this.store = store;
  }

  /** The stream of a message that was sent: to the end of its turn, or to the message that answers it. */
  async *ofMessage(
    { taskId, turn }: AcceptedMessage,
    start: StreamStart,
  ): AsyncGenerator<StreamItem, void, undefined> {
    const { signal } = start;
    let isBegun = false;
    const from = await this.begin(taskId, { ...start, asOf: turn });
    if (from?.isAnnounced) {
      isBegun = true;
      yield taskItem(from.task, from.version);
    }
    const after = from?.version ?? turn;
    for await (const event of this.follower.follow(taskId, { after, signal })) {
      if (!isBegun && event.body.kind !== 'reply') {
        isBegun = yield* this.announced(taskId, event, start);
        continue;
      }
      const isLast = closes(event, event.turn >= turn);
      const item = eventItem(event, isLast);
      if (item) yield item;
      if (isLast) return;
    }
  }

  /**
   * The stream of somebody who joins. What was asked and answered before does
   * not end it.
   *
   * @param record the task as of the snapshot
   * @param start.current where the task is by now
   * @param start.isResync whether the reader wanted to go on after an event that is not there
   */
  async *ofTask(
    record: TaskRecord,
    {
      signal,
      current,
      isResync,
    }: StreamStart & { readonly current: Seq; readonly isResync: boolean },
  ): AsyncGenerator<StreamItem, void, undefined> {
    const { task, version } = record;
    yield taskItem(isResync ? markResync(task) : task, version);
    const range = { after: version, signal };
    for await (const event of this.follower.follow(task.id, range)) {
      const isLast = closes(event, event.seq >= current);
      const item = eventItem(event, isLast);
      if (item) yield item;
      if (isLast) return;
    }
  }

  /** The first event that may be known: the Task as it is then. */
  private async *announced(
    taskId: string,
    event: StoredEvent,
    start: StreamStart,
  ): AsyncGenerator<StreamItem, boolean, undefined> {
    if (event.body.kind !== 'announce') {
      return false;
    }
    const record = await this.begin(taskId, { ...start, asOf: event.seq });
    if (record) yield taskItem(record.task, record.version);
    return true;
  }

  private begin(
    taskId: string,
    { asOf, historyLength, context }: StreamStart & { asOf: Seq },
  ): Promise<TaskRecord | undefined> {
    return this.store.log.load(taskId, { asOf, historyLength }, context);
  }
}

/**
 * Whether a stream ends with this event: the task ended, or asks its caller. It
 * stays open while a credential is awaited (A2A §7.6.1).
 *
 * @param isForReader whether a question in this event is for the reader of the stream
 */
function closes({ body }: StoredEvent, isForReader: boolean): boolean {
  if (body.kind === 'reply') {
    return true;
  }
  if (body.kind !== 'statusUpdate') {
    return false;
  }
  const { state } = body.statusUpdate.status;
  return (
    isTerminal(state) || (state === 'TASK_STATE_INPUT_REQUIRED' && isForReader)
  );
}
