import { EventEmitter, once } from 'node:events';
import {
  isInterrupted,
  isTerminal,
  type Message,
  newId,
  type Part,
  type StreamResponse,
  type Task,
  TaskFold,
  type TaskState,
  toTimestamp,
} from '@nest-a2a/protocol';
import {
  type FakeArtifact,
  type FakeContent,
  type FakeStep,
  toParts,
  toTaskState,
} from './fake-answer.js';

type Step = Exclude<FakeStep, string | PromiseLike<unknown>>;

/** A task of a fake agent: its steps, and everybody who follows them. */
export class FakeTask {
  readonly id = newId();
  readonly contextId: string;
  private readonly fold: TaskFold;
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly stopping = new AbortController();
  private state: TaskState = 'TASK_STATE_WORKING';
  private chunks: string | undefined;

  constructor(message: Message) {
    this.contextId = message.contextId ?? newId();
    this.fold = new TaskFold({
      id: this.id,
      contextId: this.contextId,
      status: { state: this.state, timestamp: toTimestamp(Date.now()) },
    });
    this.take(message);
  }

  /** Whether nothing changes any more. */
  get isOver(): boolean {
    return isTerminal(this.state);
  }

  /** Whether it is over, or waits for the caller. */
  get rests(): boolean {
    return this.isOver || isInterrupted(this.state);
  }

  /** Takes a message of the conversation. */
  take(message: Message): void {
    const { id: taskId, contextId } = this;
    this.fold.addMessage({ ...message, taskId, contextId });
  }

  snapshot(historyLength?: number): Task {
    return this.fold.snapshot({ historyLength });
  }

  /** Is told every event from now on, and `undefined` where the connections are to break. @returns ends it */
  follow(listener: (event: StreamResponse | undefined) => void): () => void {
    this.changes.on('event', listener);
    return () => void this.changes.off('event', listener);
  }

  /** Resolves when it rests, or will never. */
  async rest(): Promise<void> {
    const { signal } = this.stopping;
    while (!this.rests && !signal.aborted) {
      await once(this.changes, 'event', { signal }).catch(() => undefined);
    }
  }

  /** Goes through the steps of a turn; whoever was asked something before goes on. */
  async run(steps: readonly FakeStep[]): Promise<void> {
    this.chunks = undefined;
    if (this.rests) this.enter('TASK_STATE_WORKING');
    for (const step of steps) {
      const isOn = await this.perform(step);
      if (!isOn || this.rests) return;
    }
    this.enter('TASK_STATE_COMPLETED');
  }

  /** @returns whether there was something to cancel */
  cancel(): boolean {
    if (this.isOver) return false;
    this.stopping.abort();
    this.enter('TASK_STATE_CANCELED');
    return true;
  }

  /** Leaves what it waits for. */
  stop(): void {
    this.stopping.abort();
  }

  private async perform(step: FakeStep): Promise<boolean> {
    if (typeof step === 'string') {
      this.say(step);
    } else if (isPromise(step)) {
      await this.unlessStopped(step);
    } else {
      this.change(step);
    }
    // Whoever follows sees each step by itself.
    await new Promise(setImmediate);
    return !this.stopping.signal.aborted;
  }

  private change(step: Step): void {
    if ('cut' in step) this.changes.emit('event', undefined);
    else if ('status' in step) this.enter('TASK_STATE_WORKING', step.status);
    else if ('artifact' in step) this.show(step.artifact);
    else this.enter(toTaskState(step.state), step.message);
  }

  private enter(state: TaskState, content?: FakeContent): void {
    const { id: taskId, contextId } = this;
    const message: Message | undefined =
      content === undefined
        ? undefined
        : {
            messageId: newId(),
            role: 'ROLE_AGENT',
            parts: toParts(content),
            taskId,
            contextId,
          };
    const timestamp = toTimestamp(Date.now());
    const status = { state, ...(message && { message }), timestamp };
    const statusUpdate = { taskId, contextId, status };
    this.state = state;
    this.fold.applyStatus(statusUpdate);
    this.changes.emit('event', { statusUpdate });
  }

  private say(text: string): void {
    const append = this.chunks !== undefined;
    this.chunks ??= newId();
    this.show({ artifactId: this.chunks, text }, append);
  }

  private show(artifact: FakeArtifact, append = false): void {
    const { artifactId = newId(), name } = artifact;
    const { id: taskId, contextId } = this;
    const artifactUpdate = {
      taskId,
      contextId,
      artifact: {
        artifactId,
        ...(name !== undefined && { name }),
        parts: partsOf(artifact),
      },
      ...(append && { append }),
    };
    this.fold.applyArtifact(artifactUpdate);
    this.changes.emit('event', { artifactUpdate });
  }

  private async unlessStopped(step: PromiseLike<unknown>): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted) return;
    const stopped = once(signal, 'abort');
    try {
      await Promise.race([step, stopped]);
    } catch (error) {
      this.enter('TASK_STATE_FAILED', String(error));
    }
  }
}

function partsOf({ parts = [], text, data }: FakeArtifact): Part[] {
  return [
    ...parts,
    ...(text === undefined ? [] : [{ text }]),
    ...(data === undefined ? [] : [{ data } as Part]),
  ];
}

function isPromise(step: object): step is PromiseLike<unknown> {
  return 'then' in step;
}
