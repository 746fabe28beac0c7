import { isTerminal, type Task, type TaskState } from '@nest-a2a/protocol';
import {
  type DumpedConfig,
  type DumpedEvent,
  type DumpedTask,
} from '../../history/history.js';
import { TaskVersions } from '../task-versions.js';
import { type Draft } from './draft.js';

const BEGIN = Date.UTC(2026, 0, 1);

/** Whose log it is. */
export interface LogIds {
  readonly taskId: string;
  readonly contextId: string;
  readonly tenant: string;
}

/** Who writes: the lease, and the run of the worker. */
export interface Writer {
  readonly epoch: number;
  readonly run: string;
  readonly attempt: number;
}

/** Writes the log of a task as the runtime does. */
export class LogBuilder {
  readonly events: Draft<DumpedEvent>[] = [];
  private turn = 0;

  constructor(readonly ids: LogIds) {}

  /** The message that the task begins with. */
  begin(messageId: string): this {
    const { taskId: id, contextId } = this.ids;
    const status = this.status('TASK_STATE_SUBMITTED');
    const history = [this.said(messageId, 'ROLE_USER', 'do it')];
    return this.add('task', { task: { id, contextId, status, history } });
  }

  /** A further message. */
  message(messageId: string): this {
    const message = this.said(messageId, 'ROLE_USER', 'go on');
    return this.add('message', { message });
  }

  /** A status; what a worker says names its run. */
  state(state: TaskState, said?: string, writer?: Writer): this {
    const text =
      said && writer
        ? `${said} run=${writer.run} attempt=${writer.attempt}`
        : said;
    const status = this.status(state, text);
    const { taskId, contextId } = this.ids;
    const body = { statusUpdate: { taskId, contextId, status } };
    return this.add('statusUpdate', body, writer?.epoch);
  }

  step(key: string, writer: Writer): this {
    const value = `${key} run=${writer.run} attempt=${writer.attempt}`;
    return this.add('step', { key, value }, writer.epoch);
  }

  chunk(
    text: string,
    { epoch }: Writer,
    flags: { append?: true; lastChunk?: true } = {},
  ): this {
    const { taskId, contextId } = this.ids;
    const artifact = { artifactId: 'output', parts: [{ text }] };
    const artifactUpdate = { taskId, contextId, artifact, ...flags };
    return this.add('artifactUpdate', { artifactUpdate }, epoch);
  }

  /** The rest of an artifact will not come. */
  artifactEnd(epoch = 0): this {
    return this.add('artifactEnd', { artifactId: 'output' }, epoch);
  }

  /** The task as the store has it when all is quiet. */
  dumped(epoch: number, configs: readonly DumpedConfig[] = []): DumpedTask {
    const task = this.taskAt(this.events.length);
    const { state } = task.status;
    return {
      ...this.ids,
      version: this.events.length,
      state,
      owner: null,
      dueAt: null,
      finishedAt: isTerminal(state) ? BEGIN : null,
      epoch,
      events: this.events,
      task,
      configs,
    };
  }

  /** The task as clients saw it after an event. */
  taskAt(version: number): Task {
    const versions = this.versions();
    const task = versions.at(version);
    if (!task) {
      throw new Error(`No version ${version} of ${this.ids.taskId}`);
    }
    return structuredClone(task);
  }

  /** Only the events count here. */
  private versions(): TaskVersions {
    const { task } = this.events[0]?.body as { task: Task };
    return new TaskVersions({
      ...this.ids,
      version: this.events.length,
      state: task.status.state,
      owner: null,
      dueAt: null,
      finishedAt: null,
      epoch: 0,
      events: this.events,
      task,
      configs: [],
    });
  }

  private status(state: TaskState, text?: string) {
    const seq = this.events.length + 1;
    return {
      state,
      timestamp: new Date(BEGIN + seq).toISOString(),
      ...(text !== undefined && {
        message: this.said(`says-${seq}`, 'ROLE_AGENT', text),
      }),
    };
  }

  private said(messageId: string, role: string, text: string) {
    const { taskId, contextId } = this.ids;
    return { messageId, taskId, contextId, role, parts: [{ text }] };
  }

  private add(eventKind: string, body: object, epoch = 0): this {
    const seq = this.events.length + 1;
    if (eventKind === 'task' || eventKind === 'message') {
      this.turn = seq;
    }
    const id = `${this.ids.taskId}-event-${seq}`;
    const { turn } = this;
    // The laboratory has a clock of its own, which begins at 0.
    const at = seq;
    this.events.push({ seq, id, eventKind, body, epoch, turn, at });
    return this;
  }
}
