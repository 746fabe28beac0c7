import { create, toBinary } from '@bufbuild/protobuf';
import { type Operation, OPERATIONS } from '../operations/operation.js';
import { parseRequest } from '../operations/parse-requests.js';
import {
  PartSchema,
  SendMessageRequestSchema,
} from './generated/lf/a2a/v1/a2a_pb.js';
import { procedure, thrownBy, V03, V10 } from '../../test/grpc-procedures.js';

const MESSAGE = {
  messageId: 'm1',
  contextId: 'c1',
  taskId: 't1',
  role: 'ROLE_USER',
  parts: [
    { text: 'hi', metadata: { a: [1, { b: null }] } },
    { raw: 'iVBORw0K', filename: 'x.png', mediaType: 'image/png' },
    { url: 'https://a.example/x' },
    { data: { a: [true, null, 1.5, 'x', {}] } },
    { data: null },
  ],
  metadata: { k: 'v' },
  extensions: ['https://a.example/ext'],
  referenceTaskIds: ['t0'],
};
const PUSH = {
  tenant: 'acme',
  id: 'p1',
  taskId: 't1',
  url: 'https://a.example/hook',
  token: 'secret',
  authentication: { scheme: 'Bearer', credentials: 'abc' },
};
const NAMED = { tenant: 'acme', taskId: 't1', id: 'p1' };
const SEND = {
  tenant: 'acme',
  message: MESSAGE,
  configuration: {
    acceptedOutputModes: ['text/plain'],
    taskPushNotificationConfig: { url: 'https://a.example/hook' },
    historyLength: 0,
    returnImmediately: true,
  },
  metadata: { k: 1 },
};
const REQUESTS: Record<Operation, object> = {
  SendMessage: SEND,
  SendStreamingMessage: SEND,
  GetTask: { tenant: 'acme', id: 't1', historyLength: 0 },
  ListTasks: {
    contextId: 'c1',
    status: 'TASK_STATE_WORKING',
    pageSize: 7,
    pageToken: 'x',
    historyLength: 0,
    statusTimestampAfter: '2026-01-02T03:04:05.678Z',
    includeArtifacts: false,
  },
  CancelTask: { id: 't1', metadata: { why: 'late' } },
  SubscribeToTask: { id: 't1' },
  CreateTaskPushNotificationConfig: PUSH,
  GetTaskPushNotificationConfig: NAMED,
  ListTaskPushNotificationConfigs: { taskId: 't1', pageSize: 3 },
  DeleteTaskPushNotificationConfig: NAMED,
  GetExtendedAgentCard: { tenant: 'acme' },
};
const STATUS = {
  state: 'TASK_STATE_INPUT_REQUIRED',
  message: { ...MESSAGE, role: 'ROLE_AGENT' },
  timestamp: '2026-01-02T03:04:05.678Z',
};
const ARTIFACT = {
  artifactId: 'a1',
  name: 'n',
  description: 'd',
  parts: [{ text: 'x' }],
  metadata: { a: 1 },
  extensions: ['https://a.example/ext'],
};
const IDS = { taskId: 't1', contextId: 'c1' };
const TASK = {
  id: 't1',
  contextId: 'c1',
  status: STATUS,
  artifacts: [ARTIFACT],
  history: [MESSAGE],
  metadata: { a: { b: 1 } },
};
const CARD = {
  name: 'Echo',
  description: 'Says it again.',
  version: '1.0.0',
  supportedInterfaces: [
    { url: 'a.example:50051', protocolBinding: 'GRPC', protocolVersion: '1.0' },
  ],
  capabilities: { streaming: false, extendedAgentCard: true },
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [{ id: 's', name: 'S', description: 'Does.', tags: ['x'] }],
  securitySchemes: {
    oauth: {
      oauth2SecurityScheme: {
        flows: {
          deviceCode: {
            deviceAuthorizationUrl: 'https://a.example/d',
            tokenUrl: 'https://a.example/t',
            scopes: { read: 'Read' },
          },
        },
      },
    },
  },
  securityRequirements: [{ schemes: { oauth: { list: ['read'] } } }],
};
const RESPONSES: Record<Operation, object[]> = {
  SendMessage: [{ task: TASK }, { message: MESSAGE }],
  SendStreamingMessage: [
    { task: TASK },
    { message: MESSAGE },
    { statusUpdate: { ...IDS, status: STATUS } },
    {
      artifactUpdate: {
        ...IDS,
        artifact: ARTIFACT,
        append: true,
        lastChunk: true,
        metadata: { a: 1 },
      },
    },
  ],
  GetTask: [TASK],
  ListTasks: [{ tasks: [TASK], nextPageToken: 'x', pageSize: 1, totalSize: 9 }],
  CancelTask: [TASK],
  SubscribeToTask: [{ task: TASK }],
  CreateTaskPushNotificationConfig: [PUSH],
  GetTaskPushNotificationConfig: [PUSH],
  ListTaskPushNotificationConfigs: [{ configs: [PUSH], nextPageToken: 'x' }],
  DeleteTaskPushNotificationConfig: [{}],
  GetExtendedAgentCard: [CARD],
};

describe('the service of A2A 1.0 (A2A §10)', () => {
  it('has every operation', () => {
    expect(V10.procedures.map(({ path }) => path)).toEqual(
      OPERATIONS.map((operation) => `/lf.a2a.v1.A2AService/${operation}`),
    );
    expect(
      V10.procedures.filter((one) => one.isStreaming).map(({ name }) => name),
    ).toEqual(['SendStreamingMessage', 'SubscribeToTask']);
  });

  it.each(OPERATIONS)('carries the request of %s without loss', (operation) => {
    const { encodeRequest, decodeRequest } = procedure(operation);
    const request = REQUESTS[operation];
    const decoded = decodeRequest(encodeRequest(request));
    expect(decoded).toEqual(request);
    expect(parseRequest(operation, decoded)).toEqual(
      parseRequest(operation, request),
    );
  });

  it.each(OPERATIONS)('carries the answers of %s without loss', (operation) => {
    const { encodeResponse, decodeResponse } = procedure(operation);
    for (const response of RESPONSES[operation]) {
      expect(decodeResponse(encodeResponse(response))).toEqual(response);
    }
  });

  it('leaves out members that the messages do not have', () => {
    const { encodeRequest, decodeRequest } = procedure('GetTask');
    const request = { id: 't1', unknown: 1, historyLength: undefined };
    expect(decodeRequest(encodeRequest(request))).toEqual({ id: 't1' });
  });

  it('lets names that JavaScript knows be names like any other', () => {
    const { encodeResponse, decodeResponse } = procedure('GetTask');
    const task: unknown = JSON.parse(
      '{"id":"t1","metadata":{"__proto__":{"a":1},"constructor":2}}',
    );
    const decoded = decodeResponse(encodeResponse(task));
    expect(JSON.stringify(decoded)).toBe(JSON.stringify(task));
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  it('writes half of a surrogate pair as the replacement character', () => {
    const { encodeResponse, decodeResponse } = procedure('GetTask');
    expect(decodeResponse(encodeResponse({ id: 'a\ud800' }))).toEqual({
      id: 'a\ufffd',
    });
  });

  it('refuses to write what is no such message', () => {
    const { encodeRequest, encodeResponse } = procedure('GetTask');
    expect(thrownBy(() => encodeRequest({ id: 5 }))).toMatchObject({
      code: 'INVALID_PARAMS',
    });
    expect(thrownBy(() => encodeResponse([]))).toMatchObject({
      code: 'INTERNAL',
    });
  });
});

describe('a request that was decoded', () => {
  const { decodeRequest } = procedure('SendMessage');
  const decode = (message: object) =>
    decodeRequest(
      toBinary(
        SendMessageRequestSchema,
        create(SendMessageRequestSchema, { message }),
      ),
    );
  const refusal = (message: object) =>
    thrownBy(() =>
      parseRequest(
        'SendMessage',
        decode({ messageId: 'm', role: 1, ...message }),
      ),
    );

  it.each([
    ['no content', { content: { case: undefined } }],
    ['data without a value', { content: { case: 'data', value: {} } }],
  ])('with a part of %s is refused by the parser', (_what, part) => {
    const parts = [
      create(PartSchema, { content: { case: 'text', value: 'x' } }),
      part,
    ];
    expect(refusal({ parts })).toMatchObject({
      code: 'INVALID_PARAMS',
      violations: [{ field: 'message.parts[1]' }],
    });
  });

  it('with a role that has no name is refused by the parser', () => {
    const parts = [{ content: { case: 'text', value: 'x' } }];
    expect(refusal({ parts, role: 77 })).toMatchObject({
      violations: [{ field: 'message.role' }],
    });
  });

  it.each([
    ['a number that is none', { kind: { case: 'numberValue', value: NaN } }],
    [
      'an endless number',
      { kind: { case: 'numberValue', value: Number.POSITIVE_INFINITY } },
    ],
  ])('must not hold %s', (_what, value) => {
    const parts = [{ content: { case: 'data', value } }];
    expect(refusal({ parts })).toMatchObject({
      code: 'INVALID_PARAMS',
      violations: [{ field: 'message.parts[0].data' }],
    });
  });

  it('must not hold a time outside of the calendar', () => {
    const { decodeRequest: decodeList } = procedure('ListTasks');
    // status_timestamp_after { seconds: 2^62 }
    const bytes = [0x3a, 10, 8, ...Array<number>(8).fill(0x80), 0x40];
    expect(thrownBy(() => decodeList(new Uint8Array(bytes)))).toMatchObject({
      code: 'INVALID_PARAMS',
      violations: [{ field: 'statusTimestampAfter' }],
    });
  });
});

describe('the service of A2A 0.3', () => {
  it('has what 0.3 has', () => {
    expect(V03.procedures.map(({ operation }) => operation)).toEqual(
      OPERATIONS.filter((operation) => operation !== 'ListTasks'),
    );
    expect(V03.procedures.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['TaskSubscription', 'GetAgentCard']),
    );
  });

  it('speaks the JSON form of its protocol buffers', () => {
    const { encodeRequest, decodeRequest } = procedure('SendMessage', V03);
    const request = {
      message: {
        messageId: 'm1',
        role: 'ROLE_USER',
        content: [
          { text: 'hi' },
          { file: { fileWithUri: 'https://a.example', mimeType: 'x/y' } },
          { file: { fileWithBytes: 'AAE=', name: 'x' } },
          { data: { data: { a: null } }, metadata: { b: 1 } },
        ],
      },
      configuration: { blocking: true, pushNotification: { url: 'x' } },
    };
    expect(decodeRequest(encodeRequest(request))).toEqual(request);
    const answer = { message: request.message };
    const { encodeResponse, decodeResponse } = procedure('SendMessage', V03);
    expect(decodeResponse(encodeResponse(answer))).toEqual(answer);
  });

  it('reads a configuration without blocking as one that does not wait', () => {
    const { encodeRequest, decodeRequest } = procedure('SendMessage', V03);
    const configured = (configuration?: object) =>
      decodeRequest(encodeRequest({ metadata: {}, configuration }));
    expect(configured({ historyLength: 3 })).toEqual({
      metadata: {},
      configuration: { historyLength: 3, blocking: false },
    });
    expect(configured()).toEqual({ metadata: {} });
  });
});

describe('fileDescriptors', () => {
  it('are those of the service and of what it imports, imports first', () => {
    const names = V10.fileDescriptors().map((bytes) =>
      Buffer.from(bytes.subarray(2, 2 + (bytes[1] ?? 0))).toString(),
    );
    expect(names).toEqual([
      'google/protobuf/empty.proto',
      'google/protobuf/struct.proto',
      'google/protobuf/timestamp.proto',
      'lf/a2a/v1/a2a.proto',
    ]);
  });
});
