import {
  isTerminal,
  type StreamResponse,
  type TaskState,
  textOf,
} from '@nest-a2a/protocol';
import { type TaskStateName, toStateName } from './state-name.js';
import { TaskResult } from './task-result.js';

/** What an event is about: the whole task, its status, a piece of an artifact, or a message instead of a task. */
export type StreamEventKind = 'task' | 'status' | 'artifact' | 'message';

/** One event of a stream. */
export class StreamEvent {
  readonly kind: StreamEventKind;
  /** Empty for a message that names no task. */
  readonly taskId: string;
  /** The conversation; empty where the agent names none. */
  readonly contextId: string;
  /** The state that the event reports, if it is about that. */
  readonly state: TaskStateName | undefined;
  /** The text of the piece, of the status message or of the message; of a task, its result so far. */
  readonly text: string;
  /** The artifact that the event is about. */
  readonly artifactId: string | undefined;
  /** The piece continues the artifact; otherwise it begins or replaces it. */
  readonly append: boolean;
  /** The artifact is complete. */
  readonly lastChunk: boolean;
  /** The task is finished, or the agent answered with a message: nothing more will come. */
  readonly isFinal: boolean;
  /** The SSE id, where the agent gives its events ids: `subscribe` resumes there. Of a webhook, its `webhook-id`. */
  readonly id: string | undefined;
  /** What the agent sent. */
  readonly raw: StreamResponse;
  readonly #assemble: () => TaskResult;
  #task: TaskResult | undefined;

  /** @param assemble answers the task after this event, as long as no later event was read */
  constructor(
    raw: StreamResponse,
    id: string | undefined,
    assemble: () => TaskResult,
  ) {
    const facts = factsOf(raw);
    this.kind = facts.kind;
    this.taskId = facts.taskId;
    this.contextId = facts.contextId;
    this.state = facts.state && toStateName(facts.state);
    this.text = facts.text;
    this.artifactId = facts.artifactId;
    this.append = facts.append ?? false;
    this.lastChunk = facts.lastChunk ?? false;
    this.isFinal =
      facts.kind === 'message' ||
      (facts.state !== undefined && isTerminal(facts.state));
    this.id = id;
    this.raw = raw;
    this.#assemble = assemble;
  }

  /**
   * The task so far, put together from the events up to this one. It is put
   * together when first asked for, so ask before the next event is read:
   * afterwards it holds later events too.
   */
  get task(): TaskResult {
    return (this.#task ??= this.#assemble());
  }
}

interface EventFacts {
  kind: StreamEventKind;
  taskId: string;
  contextId: string;
  text: string;
  state?: TaskState;
  artifactId?: string;
  append?: boolean | undefined;
  lastChunk?: boolean | undefined;
}

function factsOf(raw: StreamResponse): EventFacts {
  if ('statusUpdate' in raw) {
    const { taskId, contextId, status } = raw.statusUpdate;
    const text = textOf(status.message?.parts ?? []);
    return { kind: 'status', taskId, contextId, text, state: status.state };
  }
  if ('artifactUpdate' in raw) {
    const { artifact, ...rest } = raw.artifactUpdate;
    const { artifactId, parts } = artifact;
    return { kind: 'artifact', ...rest, artifactId, text: textOf(parts) };
  }
  const result = new TaskResult('task' in raw ? raw.task : raw.message);
  const { taskId, contextId, text } = result;
  return 'task' in raw
    ? { kind: 'task', taskId, contextId, text, state: raw.task.status.state }
    : { kind: 'message', taskId, contextId, text };
}
