import {
  type Accepted,
  type AppendEvents,
  beginsTurn,
  type CallContext,
  type CreateTask,
  isPublicKind,
  isSelected,
  type NewEvent,
  type OpenRuntime,
  type StoredEvent,
  SYSTEM_CONTEXT,
  type TaskStore,
  type WakeBus,
  type WakeTopic,
} from '@nest-a2a/store';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { type Telemetry } from '../instrumentation/telemetry.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { OPEN_RUNTIME } from '../runtime/runtime.tokens.js';
import { withTrace } from './with-trace.js';

/** A public event that this process has committed. */
export interface CommittedEvent {
  readonly taskId: string;
  readonly event: StoredEvent;
}

/** Every write to the log of a task goes through here: the commit first, then the wake-ups. */
@Injectable()
export class TaskJournal implements OnApplicationShutdown {
  private readonly committed = new Subject<CommittedEvent>();
  private readonly store: TaskStore;
  private readonly wake: WakeBus;
  private readonly telemetry: Telemetry;

  constructor(
    @Inject(OPEN_RUNTIME) { store, wake }: OpenRuntime,
    @Inject(RESOLVED_OPTIONS) { telemetry }: ResolvedOptions,
  ) {
    this.store = store;
    this.wake = wake;
    this.telemetry = telemetry;
  }

  /** Public events, after their commit. */
  get events$(): Observable<CommittedEvent> {
    return this.committed.asObservable();
  }

  /** @see TaskLog.create */
  async create(command: CreateTask, context: CallContext): Promise<Accepted> {
    const accepted = await this.store.log.create(this.traced(command), context);
    if (accepted.kind === 'accepted') {
      const { events } = accepted;
      const isDue = accepted.claim === undefined;
      this.ring(command.taskId, { events, isDue });
      this.publish(command.taskId, command.isAnnounced ? events : []);
    }
    return accepted;
  }

  /** @see TaskLog.append */
  async append(command: AppendEvents, context: CallContext): Promise<Accepted> {
    const accepted = await this.store.log.append(this.traced(command), context);
    await this.announce(command, accepted);
    return accepted;
  }

  /**
   * Writes into a transaction of the host: {@link announce} is for whoever
   * learns that it is committed.
   *
   * @see TaskLog.append
   */
  appendWithin(transaction: unknown, command: AppendEvents): Promise<Accepted> {
    const context = { ...SYSTEM_CONTEXT, transaction };
    return this.store.log.append(this.traced(command), context);
  }

  /** Tells the readers of an append, once it is committed. */
  async announce(command: AppendEvents, accepted: Accepted): Promise<void> {
    if (accepted.kind !== 'accepted') {
      return;
    }
    const { taskId, then, push } = command;
    const { events, claim } = accepted;
    const isDue =
      then === 'endTurn' ||
      (claim === undefined && events.some((e) => beginsTurn(e.body.kind)));
    // One that takes the place of another takes on what that has not delivered.
    const isPushDue = push !== undefined;
    this.ring(taskId, { events, isDue, isPushDue });
    this.publish(taskId, await this.announced(taskId, events));
  }

  /** @see WorkLedger.fenceOut @returns whether the events ended the task */
  async fenceOut(
    taskId: string,
    events: readonly NewEvent[],
  ): Promise<boolean> {
    const command = this.traced({ taskId, events });
    const ended = await this.store.work.fenceOut(command);
    if (ended) {
      this.ring(taskId, { events: ended.events, isDue: false });
      this.publish(taskId, ended.events);
    }
    return ended !== undefined;
  }

  onApplicationShutdown(): void {
    this.committed.complete();
  }

  /** Who should look again after these events. A topic too many costs a look. */
  private ring(
    taskId: string,
    {
      events,
      isDue,
      isPushDue = false,
    }: {
      events: readonly StoredEvent[];
      isDue: boolean;
      isPushDue?: boolean;
    },
  ): void {
    const topics: WakeTopic[] = [`task:${taskId}`];
    if (isDue) {
      topics.push('work');
    }
    if (isPushDue || events.some(isForSomeWebhook)) {
      topics.push('push');
    }
    this.wake.ring(topics);
  }

  /** The Task comes first, and a task that was unknown so far has not come yet. */
  private async announced(
    taskId: string,
    events: readonly StoredEvent[],
  ): Promise<readonly StoredEvent[]> {
    if (!events.some(({ body }) => body.kind === 'announce')) {
      return events;
    }
    const { log } = this.store;
    const range = { after: 0, limit: 1 };
    // What is committed must not look as if it had failed because of those who watch.
    const first = await log.read(taskId, range, SYSTEM_CONTEXT).catch(() => []);
    return [...first, ...events];
  }

  private publish(taskId: string, events: readonly StoredEvent[]): void {
    for (const event of events) {
      if (isPublicKind(event.body.kind)) {
        this.committed.next({ taskId, event });
        this.noteState(event);
      }
    }
  }

  private noteState({ body }: StoredEvent): void {
    if (body.kind === 'task') {
      this.telemetry.taskState(body.task.status.state);
    } else if (body.kind === 'statusUpdate') {
      const { state, message } = body.statusUpdate.status;
      // A worker that says how far it is has come to no other state.
      const isProgress = state === 'TASK_STATE_WORKING' && message;
      if (!isProgress) this.telemetry.taskState(state);
    }
  }

  /** With what is written goes the trace that it belongs to: whoever works on it later is part of that. */
  private traced<T extends { readonly events: readonly NewEvent[] }>(
    command: T,
  ): T {
    const traceparent = this.telemetry.traceparent();
    return traceparent === undefined
      ? command
      : { ...command, events: withTrace(command.events, traceparent) };
  }
}

function isForSomeWebhook({ body }: StoredEvent): boolean {
  return isSelected('all', body) || isSelected('updates', body);
}
