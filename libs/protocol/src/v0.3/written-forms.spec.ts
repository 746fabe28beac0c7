import { type AgentCard } from '../agent-card/agent-card.js';
import { parseAgentCard } from '../agent-card/parse-agent-card.js';
import { type Task } from '../task/task.js';
import { V03_JSON_RPC } from './json-rpc/v03-json-rpc.js';
import { operationOfV03Method, V03_JSON_RPC_METHODS } from './methods.js';
import { V03_PROTO_JSON } from './proto-json/v03-proto-json.js';
import { toV03Task } from './v03-task.js';

const CONFIG = {
  taskId: 't1',
  id: 'p1',
  url: 'https://h.example',
  token: 's',
  authentication: { scheme: 'Bearer', credentials: 'c' },
};

const PUSH = {
  id: 'p1',
  url: 'https://h.example',
  token: 's',
  authentication: { schemes: ['Bearer'], credentials: 'c' },
};

const TASK: Task = {
  id: 't1',
  status: {
    state: 'TASK_STATE_CANCELED',
    message: {
      messageId: 'm1',
      role: 'ROLE_AGENT',
      parts: [{ text: 'hi', mediaType: 'text/plain' }],
      referenceTaskIds: ['t0'],
    },
    timestamp: '2026-01-02T03:04:05.678Z',
  },
  artifacts: [
    {
      artifactId: 'a1',
      parts: [
        { raw: 'QUJD', filename: 'a.txt', mediaType: 'text/plain' },
        { url: 'https://a.example/b' },
        { data: { a: 1 }, metadata: { b: 2 } },
        { data: null, metadata: { b: 2 } },
      ],
    },
  ],
};

describe('A2A 0.3 in its JSON-RPC form', () => {
  const task = {
    kind: 'task',
    id: 't1',
    contextId: '',
    status: {
      state: 'canceled',
      message: {
        kind: 'message',
        messageId: 'm1',
        role: 'agent',
        parts: [{ kind: 'text', text: 'hi' }],
        referenceTaskIds: ['t0'],
      },
      timestamp: '2026-01-02T03:04:05.678Z',
    },
    artifacts: [
      {
        artifactId: 'a1',
        parts: [
          {
            kind: 'file',
            file: { bytes: 'QUJD', mimeType: 'text/plain', name: 'a.txt' },
          },
          { kind: 'file', file: { uri: 'https://a.example/b' } },
          { kind: 'data', data: { a: 1 }, metadata: { b: 2 } },
          {
            kind: 'data',
            data: { value: null },
            metadata: { b: 2, data_part_compat: true },
          },
        ],
      },
    ],
  };

  it('is a task', () => {
    expect(V03_JSON_RPC.writeResult('GetTask', TASK)).toEqual(task);
    expect(V03_JSON_RPC.writeResult('SendMessage', { task: TASK })).toEqual(
      task,
    );
    expect(toV03Task(TASK)).toEqual(task);
  });

  it.each([true, false])('is an event, the last one: %s', (isLast) => {
    const names = { taskId: 't1', contextId: 'c1' };
    const status = { state: 'TASK_STATE_INPUT_REQUIRED' } as const;
    expect(
      V03_JSON_RPC.writeEvent(
        { statusUpdate: { ...names, status } },
        { isLast },
      ),
    ).toEqual({
      kind: 'status-update',
      ...names,
      status: { state: 'input-required' },
      final: isLast,
    });
    const artifact = { artifactId: 'a1', parts: [{ text: 'x' }] };
    expect(
      V03_JSON_RPC.writeEvent(
        { artifactUpdate: { ...names, artifact, append: true } },
        { isLast },
      ),
    ).toEqual({
      kind: 'artifact-update',
      ...names,
      artifact: { artifactId: 'a1', parts: [{ kind: 'text', text: 'x' }] },
      append: true,
    });
    expect(V03_JSON_RPC.writeEvent({ task: TASK }, { isLast })).toEqual(task);
  });

  it('is an answer about push configurations', () => {
    const written = { taskId: 't1', pushNotificationConfig: PUSH };
    expect(
      V03_JSON_RPC.writeResult('GetTaskPushNotificationConfig', CONFIG),
    ).toEqual(written);
    expect(
      V03_JSON_RPC.writeResult('ListTaskPushNotificationConfigs', {
        configs: [CONFIG],
        nextPageToken: 'n',
      }),
    ).toEqual([written]);
    expect(
      V03_JSON_RPC.writeResult('DeleteTaskPushNotificationConfig', {}),
    ).toBeNull();
  });

  it('always says whether the caller waits', () => {
    const { message } = TASK.status;
    const written = (configuration?: object) =>
      V03_JSON_RPC.writeRequest('SendMessage', { message, configuration });
    expect(written()).toHaveProperty('configuration', { blocking: true });
    expect(
      written({ returnImmediately: true, historyLength: 0 }),
    ).toHaveProperty('configuration', { blocking: false, historyLength: 0 });
  });
});

describe('A2A 0.3 in the form of its protocol buffers', () => {
  const task = {
    id: 't1',
    contextId: '',
    status: {
      // With two letters L.
      state: 'TASK_STATE_CANCELLED',
      message: {
        messageId: 'm1',
        role: 'ROLE_AGENT',
        content: [{ text: 'hi' }],
      },
      timestamp: '2026-01-02T03:04:05.678Z',
    },
    artifacts: [
      {
        artifactId: 'a1',
        parts: [
          {
            file: {
              fileWithBytes: 'QUJD',
              mimeType: 'text/plain',
              name: 'a.txt',
            },
          },
          { file: { fileWithUri: 'https://a.example/b' } },
          { data: { data: { a: 1 } }, metadata: { b: 2 } },
          {
            data: { data: { value: null } },
            metadata: { b: 2, data_part_compat: true },
          },
        ],
      },
    ],
  };

  it('is a task', () => {
    expect(V03_PROTO_JSON.writeResult('CancelTask', TASK)).toEqual(task);
    expect(V03_PROTO_JSON.writeResult('SendMessage', { task: TASK })).toEqual({
      task,
    });
  });

  it('is an event', () => {
    const names = { taskId: 't1', contextId: 'c1' };
    const status = { state: 'TASK_STATE_COMPLETED' } as const;
    const event = { statusUpdate: { ...names, status } };
    expect(V03_PROTO_JSON.writeEvent(event, { isLast: true })).toEqual({
      statusUpdate: { ...names, status, final: true },
    });
    expect(V03_PROTO_JSON.writeEvent({ task: TASK }, { isLast: true })).toEqual(
      {
        task,
      },
    );
  });

  it('is an answer about push configurations', () => {
    const written = {
      name: 'tasks/t1/pushNotificationConfigs/p1',
      pushNotificationConfig: PUSH,
    };
    const list = { configs: [CONFIG], nextPageToken: 'n' };
    expect(
      V03_PROTO_JSON.writeResult('CreateTaskPushNotificationConfig', CONFIG),
    ).toEqual(written);
    expect(
      V03_PROTO_JSON.writeResult('ListTaskPushNotificationConfigs', list),
    ).toEqual({ configs: [written], nextPageToken: 'n' });
    expect(
      V03_PROTO_JSON.writeResult('DeleteTaskPushNotificationConfig', {}),
    ).toEqual({});
  });

  it('names a push configuration that is created, and gives it an id', () => {
    const operation = 'CreateTaskPushNotificationConfig';
    expect(V03_PROTO_JSON.writeRequest(operation, CONFIG)).toEqual({
      parent: 'tasks/t1',
      configId: 'p1',
      config: {
        name: 'tasks/t1/pushNotificationConfigs/p1',
        pushNotificationConfig: PUSH,
      },
    });
    const { id: _id, ...nameless } = CONFIG;
    const { configId, config } = V03_PROTO_JSON.writeRequest(
      operation,
      nameless,
    ) as { configId: string; config: object };
    expect(configId).toMatch(/^[\da-f-]{36}$/);
    expect(config).toEqual({
      name: `tasks/t1/pushNotificationConfigs/${configId}`,
      pushNotificationConfig: { ...PUSH, id: configId },
    });
  });
});

describe('the extended card in 0.3', () => {
  const card: AgentCard = {
    name: 'a',
    description: 'b',
    version: '1',
    supportedInterfaces: [
      {
        url: 'https://a.example',
        protocolBinding: 'JSONRPC',
        protocolVersion: '0.3',
      },
    ],
    capabilities: { streaming: true },
    securitySchemes: {
      key: { apiKeySecurityScheme: { location: 'header', name: 'X' } },
    },
    securityRequirements: [{ schemes: { key: { list: [] } } }],
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [],
  };

  it.each([
    ['JSON-RPC', V03_JSON_RPC],
    ['ProtoJSON', V03_PROTO_JSON],
  ])('is written in %s and read', (_, dialect) => {
    const written = dialect.writeResult('GetExtendedAgentCard', card);
    expect(written).toMatchObject({
      url: 'https://a.example',
      preferredTransport: 'JSONRPC',
      securitySchemes: {
        key: { type: 'apiKey', apiKeySecurityScheme: { name: 'X' } },
      },
    });
    const read = dialect.readResult('GetExtendedAgentCard', written);
    expect(parseAgentCard(read)).toMatchObject({
      name: 'a',
      supportedInterfaces: card.supportedInterfaces,
      capabilities: { streaming: true },
      securitySchemes: card.securitySchemes,
      securityRequirements: card.securityRequirements,
    });
  });
});

describe('the methods of 0.3', () => {
  it('lead to their operations and back', () => {
    for (const [operation, method] of Object.entries(V03_JSON_RPC_METHODS)) {
      if (method !== undefined) {
        expect(operationOfV03Method(method)).toBe(operation);
      }
    }
    expect(V03_JSON_RPC_METHODS.ListTasks).toBeUndefined();
  });

  it.each(['', 'tasks/list', 'SendMessage', 'constructor', '__proto__'])(
    'are not %j',
    (method) => {
      expect(operationOfV03Method(method)).toBeUndefined();
    },
  );
});
