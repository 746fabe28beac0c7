import { type Task } from '@nest-a2a/protocol';
import {
  type ClientBinding,
  type Operation,
  type OperationName,
  type OperationRequest,
} from '../history/history.js';
import { type Recorder } from '../history/recorder.js';
import { type WireClient } from './wire-client.js';

/** What one client of the laboratory is. */
export interface CallerIdentity {
  readonly client: string;
  readonly binding: ClientBinding;
  readonly tenant: string;
}

/** What a client works with. */
export interface CallerPorts {
  readonly wire: WireClient;
  readonly recorder: Recorder;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

/** What a send asks for besides the message. */
export interface SendRequest {
  readonly messageId: string;
  readonly contextId?: string;
  readonly taskId?: string;
  /** The script of the worker, as JSON. */
  readonly body: string;
  readonly webhook?: { readonly id: string; readonly url: string };
}

/** Time after which a call without an answer is given up, milliseconds. */
const PATIENCE_MS = 10_000;
const RETRY_PAUSE_MS = 150;

/** A client that makes one call after the other. Each call goes into the history. */
export class Caller {
  constructor(
    readonly identity: CallerIdentity,
    private readonly ports: CallerPorts,
  ) {}

  /** Sends until the agent says what has become of the message: always the same message. */
  async send(request: SendRequest): Promise<Operation> {
    const { messageId, contextId, taskId, body } = request;
    return this.untilKnown(() =>
      this.call('send', {
        name: 'SendMessage',
        params: sendParams(request, { returnImmediately: true }),
        request: {
          messageId,
          body,
          ...(contextId !== undefined && { contextId }),
          ...(taskId !== undefined && { taskId }),
        },
        read: ({ task }) => ({ task: task as Task }),
      }),
    );
  }

  get(taskId: string): Promise<Operation> {
    return this.call('get', {
      name: 'GetTask',
      params: { id: taskId },
      request: { taskId },
      read: (task) => ({ task: task as unknown as Task }),
    });
  }

  async cancel(taskId: string): Promise<Operation> {
    return this.untilKnown(() =>
      this.call('cancel', {
        name: 'CancelTask',
        params: { id: taskId },
        request: { taskId },
        read: (task) => ({ task: task as unknown as Task }),
      }),
    );
  }

  list(): Promise<Operation> {
    return this.call('list', {
      name: 'ListTasks',
      params: { pageSize: 100 },
      request: {},
      read: ({ tasks }) => ({
        listed: ((tasks ?? []) as Task[]).map(({ id }) => id),
      }),
    });
  }

  createConfig(
    taskId: string,
    config: { id: string; url: string },
  ): Promise<Operation> {
    return this.untilKnown(() =>
      this.call('createConfig', {
        name: 'CreateTaskPushNotificationConfig',
        params: { taskId, ...config },
        request: { taskId, configId: config.id },
        read: () => ({}),
      }),
    );
  }

  deleteConfig(taskId: string, configId: string): Promise<Operation> {
    return this.untilKnown(() =>
      this.call('deleteConfig', {
        name: 'DeleteTaskPushNotificationConfig',
        params: { taskId, id: configId },
        request: { taskId, configId },
        read: () => ({}),
      }),
    );
  }

  /** Repeats a call that may or may not have taken effect. */
  private async untilKnown(call: () => Promise<Operation>): Promise<Operation> {
    for (;;) {
      this.ports.signal.throwIfAborted();
      const operation = await call();
      if (operation.outcome !== 'unknown') {
        return operation;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
    }
  }

  private async call(
    op: OperationName,
    {
      name,
      params,
      request,
      read,
    }: {
      readonly name: string;
      readonly params: object;
      readonly request: OperationRequest;
      readonly read: (
        result: Record<string, unknown>,
      ) => Pick<Operation, 'task' | 'listed'>;
    },
  ): Promise<Operation> {
    const startedAt = Date.now();
    const { tenant } = this.identity;
    const answer = await this.ports.wire.call(
      name,
      { tenant, params },
      AbortSignal.timeout(PATIENCE_MS),
    );
    const operation: Operation = {
      kind: 'operation',
      op,
      ...this.identity,
      startedAt,
      endedAt: Date.now(),
      request,
      outcome: answer.outcome,
      ...(answer.outcome === 'ok' && read(answer.result)),
      ...(answer.outcome !== 'ok' && { error: answer.error }),
    };
    this.ports.recorder.note(operation);
    return operation;
  }
}

/** The params of a send. */
export function sendParams(
  { messageId, contextId, taskId, body, webhook }: SendRequest,
  configuration: object = {},
): object {
  return {
    message: {
      messageId,
      role: 'ROLE_USER',
      parts: [{ data: JSON.parse(body) as unknown }],
      ...(contextId !== undefined && { contextId }),
      ...(taskId !== undefined && { taskId }),
    },
    configuration: {
      ...configuration,
      ...(webhook && { taskPushNotificationConfig: webhook }),
    },
  };
}
