import { asked } from '../../../test/v03-asked.js';
import { type Operation, OPERATIONS } from '../../operations/operation.js';
import { type V03Dialect } from '../dialect.js';
import { V03_JSON_RPC } from '../json-rpc/v03-json-rpc.js';
import { V03_PROTO_JSON } from '../proto-json/v03-proto-json.js';

const kinds = {
  kind: 'message',
  messageId: 'm1',
  role: 'user',
  parts: [{ kind: 'text', text: 'hi' }],
};
describe('a request of 0.3 that names a task', () => {
  it.each<[Operation, V03Dialect, unknown, object]>([
    [
      'GetTask',
      V03_JSON_RPC,
      { id: 't1', historyLength: 0 },
      { id: 't1', historyLength: 0 },
    ],
    [
      'GetTask',
      V03_PROTO_JSON,
      { name: 'tasks/t1', historyLength: '0' },
      { id: 't1' },
    ],
    [
      'GetTask',
      V03_PROTO_JSON,
      { name: 'tasks/t1', history_length: '5' },
      { id: 't1', historyLength: 5 },
    ],
    ['GetTask', V03_PROTO_JSON, { name: 'tasks/a/b', id: 'c' }, { id: 'a/b' }],
    ['GetTask', V03_PROTO_JSON, { id: 't1' }, { id: 't1' }],
    ['GetTask', V03_JSON_RPC, { id: 't1', name: 'tasks/t2' }, { id: 't1' }],
    [
      'CancelTask',
      V03_JSON_RPC,
      { id: 't1', metadata: { a: 1 } },
      { id: 't1', metadata: { a: 1 } },
    ],
    ['SubscribeToTask', V03_PROTO_JSON, { name: 'tasks/t1' }, { id: 't1' }],
  ])('%s is read (%#)', (operation, dialect, params, request) => {
    expect(asked(dialect, operation, params)).toEqual(request);
  });

  it.each<[V03Dialect, unknown, string, string]>([
    [V03_JSON_RPC, {}, 'id', 'Is required'],
    [V03_PROTO_JSON, {}, 'name', 'Is required'],
    [
      V03_PROTO_JSON,
      { name: 't1' },
      'name',
      'Must be a resource name such as tasks/{id}',
    ],
    [
      V03_PROTO_JSON,
      { name: 'tasks/' },
      'name',
      'Must be a resource name such as tasks/{id}',
    ],
    [
      V03_PROTO_JSON,
      { name: 7 },
      'name',
      'Must be a resource name such as tasks/{id}',
    ],
  ])('is refused (%#)', (dialect, params, field, description) => {
    expect(asked(dialect, 'GetTask', params)).toEqual([[field, description]]);
  });
});

describe('a request of 0.3 about push configurations', () => {
  const config = {
    taskId: 't1',
    id: 'p1',
    url: 'https://h.example',
    authentication: { scheme: 'Bearer' },
  };
  const inner = { url: config.url, authentication: { schemes: ['Bearer'] } };
  const name = 'tasks/t1/pushNotificationConfigs/p1';

  it.each<[V03Dialect, object]>([
    [
      V03_JSON_RPC,
      { taskId: 't1', pushNotificationConfig: { ...inner, id: 'p1' } },
    ],
    [
      V03_JSON_RPC,
      { task_id: 't1', push_notification_config: { ...inner, id: 'p1' } },
    ],
    // The whole request, the configuration alone, and without a name.
    [
      V03_PROTO_JSON,
      {
        parent: 'tasks/t1',
        configId: 'p1',
        config: { name, pushNotificationConfig: inner },
      },
    ],
    [
      V03_PROTO_JSON,
      {
        parent: 'tasks/t1',
        config_id: 'p1',
        config: { push_notification_config: inner },
      },
    ],
    [
      V03_PROTO_JSON,
      { parent: 'tasks/t1', name, pushNotificationConfig: inner },
    ],
    [
      V03_PROTO_JSON,
      { parent: 'tasks/t1', pushNotificationConfig: { ...inner, id: 'p1' } },
    ],
    // What the route says counts.
    [
      V03_PROTO_JSON,
      {
        parent: 'tasks/t1',
        taskId: 't9',
        name: 'tasks/t8/pushNotificationConfigs/p1',
        pushNotificationConfig: inner,
      },
    ],
    [V03_PROTO_JSON, { name, pushNotificationConfig: inner }],
  ])('creates one (%#)', (dialect, params) => {
    expect(asked(dialect, 'CreateTaskPushNotificationConfig', params)).toEqual(
      config,
    );
  });

  it('creates one without an id, and without authentication where none is named', () => {
    const params = {
      parent: 'tasks/t1',
      config: {
        name: 'tasks/t1/pushNotificationConfigs/',
        pushNotificationConfig: {
          id: '',
          url: 'u',
          authentication: { schemes: [] },
        },
      },
    };
    expect(
      asked(V03_PROTO_JSON, 'CreateTaskPushNotificationConfig', params),
    ).toEqual({ taskId: 't1', url: 'u' });
  });

  it.each<[V03Dialect, unknown, string[]]>([
    [V03_JSON_RPC, {}, ['taskId', 'pushNotificationConfig.url']],
    [V03_PROTO_JSON, {}, ['parent', 'config.pushNotificationConfig.url']],
    [
      V03_JSON_RPC,
      {
        taskId: 't1',
        pushNotificationConfig: {
          url: 'u',
          id: 7,
          authentication: { credentials: 'c' },
        },
      },
      [
        'pushNotificationConfig.id',
        'pushNotificationConfig.authentication.schemes[0]',
      ],
    ],
  ])('names what is wrong (%#)', (dialect, params, fields) => {
    const violations = asked(
      dialect,
      'CreateTaskPushNotificationConfig',
      params,
    );
    const names = (violations as string[][]).map(([field]) => field);
    expect(names.sort()).toEqual(fields.sort());
  });

  it.each<[V03Dialect, object, object]>([
    [
      V03_JSON_RPC,
      { id: 't1', pushNotificationConfigId: 'p1' },
      { taskId: 't1', id: 'p1' },
    ],
    [V03_PROTO_JSON, { name }, { taskId: 't1', id: 'p1' }],
    [V03_PROTO_JSON, { taskId: 't1', id: 'p1' }, { taskId: 't1', id: 'p1' }],
  ])('gets and deletes one (%#)', (dialect, params, request) => {
    for (const operation of [
      'GetTaskPushNotificationConfig',
      'DeleteTaskPushNotificationConfig',
    ] as const) {
      expect(asked(dialect, operation, params)).toEqual(request);
    }
  });

  it.each<[V03Dialect, object]>([
    [V03_JSON_RPC, { id: 't1' }],
    [V03_JSON_RPC, { id: 't1', pushNotificationConfigId: '' }],
    [V03_PROTO_JSON, { name: 'tasks/t1' }],
    [V03_PROTO_JSON, { name: 'tasks/t1/pushNotificationConfigs' }],
    [V03_PROTO_JSON, { name: 'tasks/t1/pushNotificationConfigs/' }],
  ])('may not say which one (%#)', (dialect, params) => {
    const operation = 'GetTaskPushNotificationConfig';
    expect(dialect.readRequest(operation, params)).toEqual({ taskId: 't1' });
  });

  it('lists them', () => {
    const operation = 'ListTaskPushNotificationConfigs';
    expect(asked(V03_JSON_RPC, operation, { id: 't1' })).toEqual({
      taskId: 't1',
    });
    for (const parent of ['tasks/t1', 'tasks/t1/pushNotificationConfigs']) {
      const params = { parent, page_size: '7', pageToken: 'x' };
      expect(asked(V03_PROTO_JSON, operation, params)).toEqual({
        taskId: 't1',
        pageSize: 7,
        pageToken: 'x',
      });
    }
    expect(asked(V03_JSON_RPC, operation, {})).toEqual([['id', 'Is required']]);
  });
});

describe('other requests of 0.3', () => {
  it.each([undefined, null, {}])('ask for the card with %j', (params) => {
    expect(asked(V03_JSON_RPC, 'GetExtendedAgentCard', params)).toEqual({});
  });

  it('cannot list tasks', () => {
    for (const dialect of [V03_JSON_RPC, V03_PROTO_JSON]) {
      const unsupported = expect.objectContaining({
        code: 'UNSUPPORTED_OPERATION',
      }) as Error;
      expect(() => dialect.readRequest('ListTasks', {})).toThrow(unsupported);
      expect(() => dialect.writeRequest('ListTasks', {})).toThrow(unsupported);
      expect(() => dialect.readResult('ListTasks', {})).toThrow(unsupported);
      expect(() => dialect.writeResult('ListTasks', {})).toThrow(unsupported);
    }
  });

  it('carry the tenant', () => {
    const params = {
      ...{ tenant: 'n1', message: kinds, taskId: 't', id: 'p' },
      pushNotificationConfig: { url: 'u' },
    };
    for (const operation of OPERATIONS.filter((one) => one !== 'ListTasks')) {
      expect(asked(V03_JSON_RPC, operation, params)).toHaveProperty(
        'tenant',
        'n1',
      );
    }
  });
});
