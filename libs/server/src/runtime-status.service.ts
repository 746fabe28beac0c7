import { type OpenRuntime } from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import { A2ALifecycle } from './a2a-lifecycle.service.js';
import { AgentRegistry } from './agents/agent-registry.service.js';
import { DrainState } from './runtime/drain-state.service.js';
import { OPEN_RUNTIME } from './runtime/runtime.tokens.js';
import { WorkerRunner } from './workers/worker-runner.service.js';

/** Facts about the runtime that cost next to nothing to ask for, for health checks. */
@Injectable()
export class RuntimeStatus {
  constructor(
    @Inject(OPEN_RUNTIME) private readonly runtime: OpenRuntime,
    @Inject(AgentRegistry) private readonly agents: AgentRegistry,
    @Inject(DrainState) private readonly drain: DrainState,
    @Inject(A2ALifecycle) private readonly lifecycle: A2ALifecycle,
    @Inject(WorkerRunner) private readonly runner: WorkerRunner,
  ) {}

  /** Whether this process has started, and takes on new messages. */
  get takesOn(): boolean {
    return this.lifecycle.hasStarted && !this.drain.isDraining;
  }

  /** Whether hints of other instances arrive, as far as is known. Without them instances look by themselves. */
  get hearsOthers(): boolean {
    return this.runtime.wake.isListening ?? true;
  }

  /** Turns that run in this process. */
  get runningTurns(): number {
    return this.runner.running;
  }

  /** @throws Error why the store does not answer, in words for operators */
  async assertStore(): Promise<void> {
    const { isUp, detail } = await this.runtime.store.health();
    if (!isUp) {
      throw new Error(detail ?? 'it does not answer');
    }
  }

  /**
   * How long a turn of any agent waits that no instance runs, milliseconds; 0
   * where none does.
   *
   * @throws StoreError
   */
  async turnsOverdueMs(): Promise<number> {
    const { work } = this.runtime.store;
    return this.overdueMs(await work.nextDueAt(this.agents.names));
  }

  /**
   * How long a webhook waits that an instance should be sending, milliseconds;
   * 0 where none does. What waits for its receiver does not count.
   *
   * @throws StoreError
   */
  async webhooksOverdueMs(): Promise<number> {
    return this.overdueMs(await this.runtime.store.push.nextDueAt());
  }

  private overdueMs(dueAt = Infinity): number {
    return Math.max(0, this.runtime.store.now() - dueAt);
  }
}
