import { type Clock } from '../clock.js';
import {
  type NewEvent,
  type Seq,
  type StoredEvent,
} from '../log/task-event.js';
import { type CallContext } from '../scope.js';
import {
  type Claim,
  type ClaimTurns,
  type Fence,
  type Renewal,
  type WorkLedger,
} from '../work/work-ledger.js';
import { draftContinuation, endsTask } from '../log/draft-event.js';
import { type TaskEntry } from './task-entry.js';
import { type TaskTable } from './task-table.js';

/** Who runs which turn, in memory. */
export class MemoryWorkLedger implements WorkLedger {
  constructor(
    private readonly tasks: TaskTable,
    private readonly clock: Clock,
  ) {}

  async claim(command: ClaimTurns): Promise<readonly Claim[]> {
    const { agents, max, maxOfAgent } = command;
    const now = this.clock.now();
    const room = new Map(
      agents.map((agent) => [agent, maxOfAgent?.get(agent) ?? max]),
    );
    const claims: Claim[] = [];
    while (claims.length < max) {
      const entry = this.tasks.work.next(now, room);
      if (!entry) {
        break;
      }
      const { agent } = entry.scope;
      room.set(agent, (room.get(agent) ?? 0) - 1);
      claims.push(entry.claim(command, now));
      this.tasks.work.place(entry);
    }
    return claims;
  }

  async renew({
    fences,
    leaseMs,
  }: {
    readonly fences: readonly Fence[];
    readonly leaseMs: number;
  }): Promise<readonly Renewal[]> {
    const leaseUntil = this.clock.now() + leaseMs;
    return fences.map((fence) => {
      const { taskId } = fence;
      const entry = this.held(fence);
      if (!entry) {
        return { taskId, isHeld: false, isCancelRequested: false };
      }
      entry.work.renew(leaseUntil);
      this.tasks.work.place(entry);
      const { isCancelRequested } = entry.work;
      return { taskId, isHeld: true, isCancelRequested };
    });
  }

  async release(fence: Fence): Promise<void> {
    const entry = this.held(fence);
    if (entry) {
      entry.work.handBack(this.clock.now());
      this.tasks.work.place(entry);
    }
  }

  async requestCancel(
    taskId: string,
    context: CallContext,
  ): Promise<'signalled' | 'unowned' | 'finished'> {
    const { isFinished, work } = this.tasks.require(taskId, context.access);
    if (isFinished) {
      return 'finished';
    }
    work.requestCancel();
    return work.isRunning(this.clock.now()) ? 'signalled' : 'unowned';
  }

  async fenceOut({
    taskId,
    events,
  }: {
    readonly taskId: string;
    readonly events: readonly NewEvent[];
  }): Promise<
    | { readonly version: Seq; readonly events: readonly StoredEvent[] }
    | undefined
  > {
    const entry = this.tasks.require(taskId, 'system');
    if (entry.isFinished) {
      return undefined;
    }
    const drafts = draftContinuation(events);
    if (!drafts.some(({ body }) => endsTask(body))) {
      throw new TypeError('Whoever is fenced out leaves a task that has ended');
    }
    entry.work.fenceOut();
    const at = this.clock.now();
    const stored = this.tasks.write(entry, drafts, { at, epoch: 0 });
    return { version: entry.version, events: stored };
  }

  async nextDueAt(agents: readonly string[]): Promise<number | undefined> {
    return this.tasks.work.firstDueAt(agents);
  }

  private held({ taskId, epoch }: Fence): TaskEntry | undefined {
    const entry = this.tasks.find(taskId, 'system');
    return entry?.work.isHeld(epoch) ? entry : undefined;
  }
}
