import { type Scope, SYSTEM_CONTEXT, type TaskLog } from '@nest-a2a/store';

const MOST = 1_000;

/** Whose task it is, which never changes. */
export interface TaskOwner extends Scope {
  readonly contextId: string;
}

/** Remembers of the last thousand tasks whose they are: one that says much is looked up once. */
export class TaskOwners {
  private readonly known = new Map<string, TaskOwner>();

  constructor(private readonly log: Pick<TaskLog, 'load'>) {}

  /** `undefined` where the task is gone. @throws StoreError */
  async of(taskId: string): Promise<TaskOwner | undefined> {
    const known = this.known.get(taskId);
    if (known) {
      return known;
    }
    const bare = { historyLength: 0, includeArtifacts: false };
    const record = await this.log.load(taskId, bare, SYSTEM_CONTEXT);
    if (!record) {
      return undefined;
    }
    const { scope, task } = record;
    const owner = { ...scope, contextId: task.contextId ?? '' };
    this.known.set(taskId, owner);
    this.forgetOldest();
    return owner;
  }

  private forgetOldest(): void {
    const [oldest] = this.known.keys();
    if (this.known.size > MOST && oldest !== undefined) {
      this.known.delete(oldest);
    }
  }
}
