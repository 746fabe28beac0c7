import { type Task } from '@nest-a2a/protocol';
import {
  type Clock,
  type OpenRuntime,
  SYSTEM_CONTEXT,
  type TaskStore,
} from '@nest-a2a/store';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type Subscription } from 'rxjs';
import { AgentRegistry } from '../../agents/agent-registry.service.js';
import { AlarmLog } from '../../hooks/alarm-log.js';
import { BoundedCalls } from '../../hooks/bounded-calls.js';
import {
  type DecoratedMethod,
  MethodExplorer,
} from '../../hooks/method.explorer.js';
import { A2A_CLOCK, OPEN_RUNTIME } from '../../runtime/runtime.tokens.js';
import { toStreamResponse } from '../public-event.js';
import { type CommittedEvent, TaskJournal } from '../task-journal.service.js';
import {
  ON_TASK_EVENT,
  type TaskEventWish,
} from './on-task-event.decorator.js';
import { InvalidHookError } from './hook.errors.js';
import { TaskOwners } from './task-owners.js';
import {
  kindOf,
  TASK_EVENT_KINDS,
  type TaskEventKind,
  type TaskNotice,
} from './task-notice.js';

const LIMITS = { underWay: 16, waiting: 1_000 };

/** A method, and its calls: one that hangs holds up no other. */
interface Hook extends DecoratedMethod<TaskEventWish, TaskNotice> {
  readonly calls: BoundedCalls;
}

/** Tells methods of the application what has happened to tasks, without having anybody wait for them. */
@Injectable()
export class TaskHooks implements OnApplicationBootstrap {
  private readonly logger = new Logger('A2AModule');
  private readonly alarms: AlarmLog;
  private readonly store: TaskStore;
  private readonly owners: TaskOwners;
  private hooks: readonly Hook[] = [];
  private subscription: Subscription | undefined;

  constructor(
    @Inject(OPEN_RUNTIME) { store }: OpenRuntime,
    @Inject(A2A_CLOCK) clock: Clock,
    @Inject(TaskJournal)
    private readonly journal: Pick<TaskJournal, 'events$'>,
    @Inject(MethodExplorer)
    private readonly methods: Pick<MethodExplorer, 'explore'>,
    @Inject(AgentRegistry)
    private readonly agents: Pick<AgentRegistry, 'names'>,
  ) {
    this.store = store;
    this.owners = new TaskOwners(store.log);
    this.alarms = new AlarmLog(this.logger, () => clock.now());
  }

  /** @throws InvalidHookError */
  onApplicationBootstrap(): void {
    this.hooks = this.methods
      .explore<TaskEventWish, TaskNotice>(ON_TASK_EVENT)
      .map((method) => ({ ...method, calls: new BoundedCalls(LIMITS) }));
    for (const { name, metadata } of this.hooks) {
      assertPossible(name, metadata, this.agents.names);
      this.logger.log(`Tells ${name} of tasks: ${metadata.kinds.join(', ')}`);
    }
    // An application without such methods pays nothing.
    if (this.hooks.length > 0) {
      this.subscription = this.journal.events$.subscribe((committed) =>
        this.noted(committed),
      );
    }
  }

  /** Waits until all methods have returned, or `grace` resolves. */
  async stop(grace: Promise<void>): Promise<void> {
    await Promise.all(this.hooks.map((hook) => this.stopCalls(hook, grace)));
    this.subscription?.unsubscribe();
  }

  private async stopCalls(
    { name, calls }: Hook,
    grace: Promise<void>,
  ): Promise<void> {
    const left = await calls.stop(grace);
    if (left > 0) {
      this.logger.warn(`Calls of ${name} were not over in time: ${left}`);
    }
  }

  private noted(committed: CommittedEvent): void {
    const kind = kindOf(committed.event);
    if (kind === undefined) {
      return;
    }
    for (const hook of this.hooks.filter((one) => wants(one.metadata, kind))) {
      if (!hook.calls.add(() => this.call(hook, kind, committed))) {
        this.alarms.error(
          hook.name,
          `${hook.name} is not told of ${describe(committed)}: too many calls wait for their turn`,
        );
      }
    }
  }

  private async call(
    hook: Hook,
    kind: TaskEventKind,
    committed: CommittedEvent,
  ): Promise<void> {
    try {
      const notice = await this.noticeOf(kind, committed);
      const { agent = notice?.agent } = hook.metadata;
      if (notice && notice.agent === agent) {
        await hook.call(notice);
      }
    } catch (error) {
      this.logger.error(
        `${hook.name} failed for ${describe(committed)}`,
        error instanceof Error ? error.stack : String(error),
      );
    }
  }

  /** Everything about an event; `undefined` where the task is gone already. */
  private async noticeOf(
    kind: TaskEventKind,
    { taskId, event }: CommittedEvent,
  ): Promise<TaskNotice | undefined> {
    const owner = await this.owners.of(taskId);
    const response = toStreamResponse(event);
    return owner && response
      ? {
          ...owner,
          kind,
          taskId,
          seq: event.seq,
          response,
          loadTask: () => this.loadTask(taskId),
        }
      : undefined;
  }

  private async loadTask(taskId: string): Promise<Task | undefined> {
    return (await this.store.log.load(taskId, {}, SYSTEM_CONTEXT))?.task;
  }
}

function wants({ kinds }: TaskEventWish, kind: TaskEventKind): boolean {
  return kinds.includes('*') || kinds.includes(kind);
}

function assertPossible(
  name: string,
  { kinds, agent }: TaskEventWish,
  agents: readonly string[],
): void {
  const unknown = kinds.find(
    (kind) => kind !== '*' && !TASK_EVENT_KINDS.includes(kind),
  );
  if (unknown !== undefined) {
    throw new InvalidHookError(
      `@OnTaskEvent('${unknown}') of ${name} is told of nothing. There are: ${TASK_EVENT_KINDS.join(', ')}, *.`,
    );
  }
  if (agent !== undefined && !agents.includes(agent)) {
    throw new InvalidHookError(
      `@OnTaskEvent() of ${name} is for the agent "${agent}", which is not there. The application has: ${agents.join(', ')}.`,
    );
  }
}

function describe({ taskId, event }: CommittedEvent): string {
  return `task ${taskId}, event ${event.seq}`;
}
