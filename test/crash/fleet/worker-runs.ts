import { type WorkerRun } from '../history/history.js';
import { type Recorder } from '../history/recorder.js';
import { type Notice } from './instance-messages.js';

/** Which instance works on which task: what workers have told. */
export class WorkerRuns {
  private readonly last = new Map<string, WorkerRun>();
  private readonly waiters = new Map<string, (run: WorkerRun) => void>();

  constructor(private readonly recorder: Recorder) {}

  note(
    instance: string,
    { taskId, run, attempt }: Extract<Notice, { say: 'run' }>,
  ): void {
    const entry: WorkerRun = {
      kind: 'run',
      at: Date.now(),
      taskId,
      run,
      attempt,
      instance,
    };
    this.recorder.note(entry);
    this.last.set(taskId, entry);
    this.waiters.get(taskId)?.(entry);
    this.waiters.delete(taskId);
  }

  /** A run of a task: the last there was, or the next that comes where that is `after`. */
  async of(taskId: string, after?: WorkerRun): Promise<WorkerRun> {
    const last = this.last.get(taskId);
    return last && last !== after ? last : this.next(taskId);
  }

  private next(taskId: string): Promise<WorkerRun> {
    return new Promise((resolve) => {
      this.waiters.set(taskId, resolve);
    });
  }
}
