import {
  type ListTasksResponse,
  type Message,
  type Operation,
  type SendMessageRequest,
  type StreamResponse,
  type Task,
  type TaskPushNotificationConfig,
} from '@nest-a2a/protocol';

/** The task of all examples. */
export const EXAMPLE_TASK_ID = '45fd3119-be54-4ee2-bb13-34140fe27c0b';

const contextId = '05b2459f-1d68-4dff-8b98-501ffeb74ead';
const ids = { taskId: EXAMPLE_TASK_ID, contextId };

const message: Message = {
  messageId: 'm-1',
  role: 'ROLE_USER',
  parts: [{ text: 'Generate the Q1 report' }],
};

const request: SendMessageRequest = {
  message,
  configuration: { acceptedOutputModes: ['text/plain'], historyLength: 0 },
};

const artifact = {
  artifactId: 'report',
  parts: [{ text: 'Q1 revenue was 4.2M.' }],
};

const done = {
  state: 'TASK_STATE_COMPLETED',
  timestamp: '2026-01-02T03:04:07.678Z',
} as const;

const task: Task = {
  id: EXAMPLE_TASK_ID,
  contextId,
  status: done,
  artifacts: [artifact],
};

const begun: Task = {
  id: EXAMPLE_TASK_ID,
  contextId,
  status: {
    state: 'TASK_STATE_SUBMITTED',
    timestamp: '2026-01-02T03:04:05.678Z',
  },
  history: [{ ...message, ...ids }],
};

const config: TaskPushNotificationConfig = {
  id: 'mine',
  url: 'https://client.example/webhook',
  token: 'a-token-of-the-client',
};
const stored = { ...config, taskId: EXAMPLE_TASK_ID };

const canceled: Task = {
  ...begun,
  status: { ...done, state: 'TASK_STATE_CANCELED' },
};

const page: ListTasksResponse = {
  tasks: [{ id: EXAMPLE_TASK_ID, contextId, status: done }],
  nextPageToken: '',
  pageSize: 50,
  totalSize: 1,
};

/** The events of an example stream. */
export const EXAMPLE_EVENTS: readonly StreamResponse[] = [
  { task: begun },
  { artifactUpdate: { ...ids, artifact, lastChunk: true } },
  { statusUpdate: { ...ids, status: done } },
];

/** An example of the body of a request. */
export const EXAMPLE_REQUESTS: Readonly<Partial<Record<Operation, object>>> =
  Object.freeze({
    SendMessage: request,
    SendStreamingMessage: request,
    CancelTask: { metadata: { reason: 'Not needed any more' } },
    CreateTaskPushNotificationConfig: config,
  });

/** An example of an answer that is no stream. That of a card is the agent's own. */
export const EXAMPLE_ANSWERS: Readonly<Partial<Record<Operation, object>>> =
  Object.freeze({
    SendMessage: { task },
    GetTask: { ...task, history: begun.history },
    ListTasks: page,
    CancelTask: canceled,
    CreateTaskPushNotificationConfig: stored,
    GetTaskPushNotificationConfig: stored,
    ListTaskPushNotificationConfigs: { configs: [stored], nextPageToken: '' },
    DeleteTaskPushNotificationConfig: {},
  });

/** The example stream as it goes over the wire. */
export function exampleStream(): string {
  return EXAMPLE_EVENTS.map(
    (event, i) => `id: ${i + 1}\ndata: ${JSON.stringify(event)}\n\n`,
  ).join('');
}
