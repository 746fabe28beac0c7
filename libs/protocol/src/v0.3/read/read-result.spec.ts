import {
  parseListTaskPushNotificationConfigsResponse,
  parseSendMessageResponse,
  parseStreamResponse,
  parseTask,
  parseTaskPushNotificationConfig,
} from '../../operations/parse-responses.js';
import { V03_JSON_RPC } from '../json-rpc/v03-json-rpc.js';
import { V03_PROTO_JSON } from '../proto-json/v03-proto-json.js';

const DIALECTS = [
  ['JSON-RPC', V03_JSON_RPC],
  ['ProtoJSON', V03_PROTO_JSON],
] as const;

const statusIn = (state: string) => ({ state: `TASK_STATE_${state}` });
const update = { taskId: 't1', contextId: 'c1' };
const artifact = { artifactId: 'a1', parts: [{ text: 'x' }] };

describe.each(DIALECTS)('answers of 0.3 agents in %s', (_, dialect) => {
  it.each([
    ['submitted', 'SUBMITTED'],
    ['input-required', 'INPUT_REQUIRED'],
    ['canceled', 'CANCELED'],
    ['cancelled', 'CANCELED'],
    ['TASK_STATE_CANCELLED', 'CANCELED'],
    ['TASK_STATE_AUTH_REQUIRED', 'AUTH_REQUIRED'],
    ['unknown', 'UNSPECIFIED'],
    ['on-hold', 'ON_HOLD'],
  ])('may be in the state %s', (state, expected) => {
    const task = { id: 't1', contextId: 'c1', status: { state } };
    expect(parseTask(dialect.readResult('GetTask', task)).status).toEqual(
      statusIn(expected),
    );
  });

  it.each([
    ['2026-01-02T03:04:05', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05.123456', '2026-01-02T03:04:05.123456Z'],
    ['2026-01-02T03:04:05.5+02:00', '2026-01-02T01:04:05.500Z'],
    ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
    ['yesterday', 'yesterday'],
  ])('may say the time as %s', (timestamp, expected) => {
    const task = { id: 't1', status: { state: 'working', timestamp } };
    const { status } = parseTask(dialect.readResult('GetTask', task));
    expect(status.timestamp).toBe(expected);
  });

  const task = { id: 't1', contextId: 'c1', status: { state: 'working' } };
  const read = { id: 't1', contextId: 'c1', status: statusIn('WORKING') };
  const message = { messageId: 'm1', role: 'agent', parts: [] };
  const readMessage = { messageId: 'm1', role: 'ROLE_AGENT', parts: [] };

  it.each([
    [{ kind: 'task', ...task }, { task: read }],
    [{ task }, { task: read }],
    [task, { task: read }],
    [{ kind: 'message', ...message }, { message: readMessage }],
    [{ message }, { message: readMessage }],
    [{ msg: message }, { message: readMessage }],
    [message, { message: readMessage }],
  ])('may come as %j', (result, expected) => {
    const answer = dialect.readResult('SendMessage', result);
    expect(parseSendMessageResponse(answer)).toEqual(expected);
    expect(parseStreamResponse(dialect.readEvent(result))).toEqual(expected);
  });

  const status = { state: 'completed', update: message };
  const statusUpdate = {
    ...update,
    status: { ...statusIn('COMPLETED'), message: readMessage },
  };
  const artifactUpdate = { ...update, artifact, append: true, lastChunk: true };

  it.each([
    [
      { kind: 'status-update', ...update, status, final: true },
      { statusUpdate },
    ],
    [{ statusUpdate: { ...update, status, final: true } }, { statusUpdate }],
    [
      { status_update: { task_id: 't1', context_id: 'c1', status } },
      { statusUpdate },
    ],
    [{ ...update, status, final: true }, { statusUpdate }],
    [{ kind: 'artifact-update', ...artifactUpdate }, { artifactUpdate }],
    [
      {
        artifact_update: {
          ...update,
          artifact,
          append: true,
          last_chunk: true,
        },
      },
      { artifactUpdate },
    ],
    [artifactUpdate, { artifactUpdate }],
  ])('may be events such as %j', (event, expected) => {
    expect(parseStreamResponse(dialect.readEvent(event))).toEqual(expected);
  });

  it.each([
    [{ kind: 'joke', text: 'x' }, 'kind'],
    [
      { kind: 'message', ...message, parts: [{ kind: 'video' }] },
      'parts[0].kind',
    ],
    [{ task, message }, ''],
    [{}, ''],
    [null, ''],
    ['task', ''],
  ])('are refused where they are none: %j', (event, field) => {
    expect(() => parseStreamResponse(dialect.readEvent(event))).toThrow(
      expect.objectContaining({
        code: 'INVALID_AGENT_RESPONSE',
        violations: [expect.objectContaining({ field })],
      }),
    );
  });

  it('may have a role that is not known yet', () => {
    const answer = { kind: 'message', ...message, role: 'system' };
    expect(
      parseSendMessageResponse(dialect.readResult('SendMessage', answer)),
    ).toMatchObject({ message: { role: 'system' } });
  });

  const config = { taskId: 't1', id: 'p1', url: 'u' };
  const inner = {
    id: 'p1',
    url: 'u',
    authentication: { schemes: [], credentials: 'c' },
  };

  it.each([
    { taskId: 't1', pushNotificationConfig: inner },
    {
      name: 'tasks/t1/pushNotificationConfigs/p1',
      push_notification_config: { url: 'u' },
    },
    config,
  ])('may be a push configuration as %j', (result) => {
    for (const operation of [
      'CreateTaskPushNotificationConfig',
      'GetTaskPushNotificationConfig',
    ] as const) {
      const answer = dialect.readResult(operation, result);
      expect(parseTaskPushNotificationConfig(answer)).toEqual(config);
    }
  });

  const one = { taskId: 't1', pushNotificationConfig: inner };
  it.each([
    [[one], { configs: [config], nextPageToken: '' }],
    [
      { configs: [one], nextPageToken: 'n' },
      { configs: [config], nextPageToken: 'n' },
    ],
    [[], { configs: [], nextPageToken: '' }],
    [{}, { configs: [], nextPageToken: '' }],
    [null, { configs: [], nextPageToken: '' }],
  ])('may be a list as %j', (result, page) => {
    const answer = dialect.readResult(
      'ListTaskPushNotificationConfigs',
      result,
    );
    expect(parseListTaskPushNotificationConfigsResponse(answer)).toEqual(page);
  });

  it.each([null, undefined, {}, 'deleted'])('may be %j', (result) => {
    const operation = 'DeleteTaskPushNotificationConfig';
    expect(dialect.readResult(operation, result)).toEqual({});
  });
});
