import {
  Artifact,
  Message,
  type Part,
  Task,
  TaskArtifactUpdateEvent,
  TaskStatusUpdateEvent,
} from '@a2a-js/sdk';
import {
  AgentEvent,
  type AgentExecutor,
  type ExecutionEventBus,
  type RequestContext,
} from '@a2a-js/sdk/server';
import { type Gate } from '../support/gate.js';

/** What the agents of these tests do, said with the official SDK. */
export class SdkExecutor implements AgentExecutor {
  private readonly turns = new Map<string, Turn>();

  constructor(private readonly gate: Gate) {}

  execute = async (
    context: RequestContext,
    bus: ExecutionEventBus,
  ): Promise<void> => {
    const turn = new Turn(context, bus);
    const { parts } = context.userMessage;
    const [part] = parts;
    const text = part?.content?.$case === 'text' ? part.content.value : '';
    const [name] = text.split(':');
    if (name === 'say') return turn.say('Hello');
    this.turns.set(turn.taskId, turn);
    turn.begin();
    if (name === 'work') return this.work(turn);
    if (name === 'wait') return this.wait(turn);
    if (name === 'ask') {
      return turn.status('TASK_STATE_INPUT_REQUIRED', 'Which quarter?');
    }
    turn.artifact({ parts });
    turn.status('TASK_STATE_COMPLETED');
  };

  cancelTask = async (taskId: string): Promise<void> => {
    const turn = this.turns.get(taskId);
    turn?.status('TASK_STATE_CANCELED');
    if (turn) turn.isOver = true;
  };

  private async work(turn: Turn): Promise<void> {
    turn.status('TASK_STATE_WORKING', 'On it');
    turn.artifact({ parts: [textPart('one, ')] });
    await this.gate.pass();
    turn.artifact({
      parts: [textPart('two')],
      append: true,
      lastChunk: true,
    });
    turn.status('TASK_STATE_COMPLETED');
  }

  private async wait(turn: Turn): Promise<void> {
    turn.status('TASK_STATE_WORKING', 'Waiting');
    await this.gate.pass();
    if (!turn.isOver) turn.status('TASK_STATE_COMPLETED');
  }
}

const textPart = (text: string) =>
  Message.fromJSON({ parts: [{ text }] }).parts[0] as Part;

/** One call of the executor. */
class Turn {
  isOver = false;
  readonly taskId: string;
  private readonly ids: { taskId: string; contextId: string };

  constructor(
    private readonly context: RequestContext,
    private readonly bus: ExecutionEventBus,
  ) {
    const { taskId, contextId } = context;
    this.taskId = taskId;
    this.ids = { taskId, contextId };
  }

  /** The first event has to be the task, also where there is one. */
  begin(): void {
    const { task, taskId, contextId, userMessage } = this.context;
    const created = Task.fromJSON({
      id: taskId,
      contextId,
      status: {
        state: 'TASK_STATE_SUBMITTED',
        timestamp: new Date().toISOString(),
      },
    });
    created.history = [userMessage];
    this.bus.publish(AgentEvent.task(task ?? created));
  }

  say(text: string): void {
    const { taskId, ...ids } = this.ids;
    this.bus.publish(AgentEvent.message(agentMessage(text, ids)));
    this.bus.finished();
  }

  status(state: string, text?: string): void {
    const update = TaskStatusUpdateEvent.fromJSON({
      ...this.ids,
      status: { state, timestamp: new Date().toISOString() },
    });
    if (update.status && text) {
      update.status.message = agentMessage(text, this.ids);
    }
    this.bus.publish(AgentEvent.statusUpdate(update));
  }

  artifact({
    parts,
    append = false,
    lastChunk = false,
  }: {
    parts: Part[];
    append?: boolean;
    lastChunk?: boolean;
  }): void {
    const artifact = { ...Artifact.fromJSON({ artifactId: 'result' }), parts };
    const update = TaskArtifactUpdateEvent.fromJSON(this.ids);
    this.bus.publish(
      AgentEvent.artifactUpdate({ ...update, artifact, append, lastChunk }),
    );
  }
}

function agentMessage(text: string, ids: object): Message {
  return Message.fromJSON({
    ...ids,
    messageId: crypto.randomUUID(),
    role: 'ROLE_AGENT',
    parts: [{ text }],
  });
}
