import { randomUUID } from 'node:crypto';
import { type Operation } from '@nest-a2a/protocol';
import {
  V03_JSON_RPC,
  V03_JSON_RPC_METHODS,
  V03_PROTO_JSON,
  type V03Dialect,
} from '@nest-a2a/protocol/v0.3';
import { sendParams } from '../support/a2a-http.js';
import {
  GRPC_AGENT,
  GrpcCallError,
  GrpcClient,
  grpcAddress,
} from '../support/grpc-client.js';
import { sendRaw } from '../support/raw-http.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

/** Who calls, and for which tenant. */
interface Caller {
  readonly user: string;
  readonly tenant: string;
}

/** What came back, without what differs between any two answers. */
interface Seen {
  readonly ok: boolean;
  readonly text: string;
}

/** Counts for a subscription only. */
const RESUMES = { 'Last-Event-ID': '1' };

type Version = '1.0' | '0.3';
type Ask = (
  agent: TestAgent,
  caller: Caller,
  operation: Operation,
  params: any,
) => Promise<Seen>;

const overRpc =
  (version: Version, dialect?: V03Dialect): Ask =>
  async (agent, { user, tenant }, operation, params) => {
    const old = dialect?.writeRequest(operation, params) as object | undefined;
    const { status, text } = await sendRaw(agent.url, {
      headers: {
        'Content-Type': 'application/json',
        'A2A-Version': version,
        'X-User': user,
        ...RESUMES,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: dialect ? V03_JSON_RPC_METHODS[operation] : operation,
        params: { ...(old ?? params), tenant },
      }),
    });
    return { ok: !/"error":/.test(text) && status === 200, text };
  };

/** Method and path of an operation of a task, the same in both versions. */
function route(operation: Operation, { id, taskId }: any): [string, string] {
  const task = `/tasks/${encodeURIComponent(taskId ?? id)}`;
  const configs = `${task}/pushNotificationConfigs`;
  switch (operation) {
    case 'SendMessage':
      return ['POST', '/message:send'];
    case 'SendStreamingMessage':
      return ['POST', '/message:stream'];
    case 'GetTask':
      return ['GET', task];
    case 'CancelTask':
      return ['POST', `${task}:cancel`];
    case 'SubscribeToTask':
      return ['GET', `${task}:subscribe`];
    case 'CreateTaskPushNotificationConfig':
      return ['POST', configs];
    case 'ListTaskPushNotificationConfigs':
      return ['GET', configs];
    case 'DeleteTaskPushNotificationConfig':
      return ['DELETE', `${configs}/${id}`];
    default:
      return ['GET', `${configs}/${id}`];
  }
}

const overRest =
  (version: Version, dialect?: V03Dialect): Ask =>
  async (agent, { user, tenant }, operation, params) => {
    const [method, path] = route(operation, params);
    const body = dialect
      ? (dialect.writeRequest(operation, params) as object)
      : params;
    const isPost = method === 'POST';
    const query = isPost ? '' : `?tenant=${tenant}`;
    const { status, text } = await sendRaw(agent.url, {
      method,
      path: (dialect ? '/v1' : '') + path + query,
      headers: {
        'Content-Type': 'application/json',
        'A2A-Version': version,
        'X-User': user,
        ...RESUMES,
      },
      ...(isPost && { body: JSON.stringify({ ...body, tenant }) }),
    });
    return { ok: status === 200, text };
  };

const overGrpc =
  (version: Version): Ask =>
  async (agent, { user, tenant }, operation, params) => {
    const client = new GrpcClient(grpcAddress(agent), { version });
    const request =
      version === '1.0'
        ? { ...params, tenant }
        : (V03_PROTO_JSON.writeRequest(operation, params) as object);
    const metadata = {
      'x-user': user,
      ...(version === '0.3' && { 'x-tenant': tenant }),
      ...RESUMES,
    };
    const isStream = /Stream|Subscribe/.test(operation);
    try {
      if (!isStream) {
        const { body } = await client.call(operation, request, { metadata });
        return { ok: true, text: JSON.stringify(body ?? {}) };
      }
      const events = [];
      const stream = client.open(operation, request, { metadata });
      for await (const event of stream) events.push(event);
      return { ok: true, text: JSON.stringify(events) };
    } catch (error) {
      if (!(error instanceof GrpcCallError)) throw error;
      const { code, message, metadata: facts } = error.error;
      const status = error.status.code;
      return {
        ok: false,
        text: JSON.stringify({ status, code, message, facts }),
      };
    } finally {
      client.close();
    }
  };

const WIRES: readonly (readonly [string, Ask])[] = [
  ['JSON-RPC 1.0', overRpc('1.0')],
  ['JSON-RPC 0.3', overRpc('0.3', V03_JSON_RPC)],
  ['HTTP+JSON 1.0', overRest('1.0')],
  ['HTTP+JSON 0.3', overRest('0.3', V03_PROTO_JSON)],
  ['gRPC 1.0', overGrpc('1.0')],
  ['gRPC 0.3', overGrpc('0.3')],
];

const ADA: Caller = { user: 'ada', tenant: 'acme' };
/** Each differs from the owner in something, and in nothing that text could hide. */
const STRANGERS: readonly Caller[] = [
  { user: 'eve', tenant: 'acme' },
  { user: 'ada', tenant: 'globex' },
  { user: 'ada', tenant: '' },
  { user: '', tenant: 'acme' },
  { user: 'Ada', tenant: 'acme' },
  { user: 'ada', tenant: 'Acme' },
  { user: 'acme', tenant: 'ada' },
];

const WEBHOOK = 'http://127.0.0.1:9/hook';

describe.each(PLATFORMS)('a task of somebody else on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({
      platform,
      options: {
        ...GRPC_AGENT,
        principal: (request: any) => request.headers['x-user'],
        // The messages of 0.3 over gRPC have no field for it.
        tenants: (tenant, request: any) =>
          tenant || (request.headers['x-tenant'] ?? ''),
      },
    });
    agent.worker.on('ask', (context) => context.requestInput('?'));
  });

  afterAll(() => agent.close());

  const OPERATIONS: readonly [Operation, (id: string, more: any) => any][] = [
    ['GetTask', (id) => ({ id })],
    ['CancelTask', (id) => ({ id })],
    ['SubscribeToTask', (id) => ({ id })],
    [
      'SendMessage',
      (taskId, more) =>
        sendParams('x', { message: { messageId: 'm', taskId, ...more } }),
    ],
    [
      'SendStreamingMessage',
      (taskId, more) =>
        sendParams('x', { message: { messageId: 'm', taskId, ...more } }),
    ],
    [
      'CreateTaskPushNotificationConfig',
      (taskId) => ({ taskId, id: 'c', url: WEBHOOK }),
    ],
    ['GetTaskPushNotificationConfig', (taskId) => ({ taskId, id: 'c' })],
    ['ListTaskPushNotificationConfigs', (taskId) => ({ taskId })],
    ['DeleteTaskPushNotificationConfig', (taskId) => ({ taskId, id: 'c' })],
  ];

  describe.each(WIRES)('over %s', (_name, ask) => {
    let id: string;
    let contextId: string;
    let sent: any;

    beforeAll(async () => {
      sent = sendParams('ask');
      const { text } = await overRpc('1.0')(agent, ADA, 'SendMessage', sent);
      ({ id, contextId } = JSON.parse(text).result.task);
      const config = { taskId: id, id: 'c', url: WEBHOOK };
      const create = 'CreateTaskPushNotificationConfig';
      expect((await ask(agent, ADA, create, config)).ok).toBe(true);
    });

    it.each(OPERATIONS)(
      'is as if it were not there, by %s',
      async (operation, paramsOf) => {
        for (const stranger of STRANGERS) {
          const missing = randomUUID();
          const more = { contextId, referenceTaskIds: [id] };
          const find = (taskId: string) =>
            ask(agent, stranger, operation, paramsOf(taskId, more));
          const foreign = await find(id);
          const none = await find(missing);
          expect(foreign.ok).toBe(false);
          expect(foreign.text).toMatch(/TASK_NOT_FOUND/);
          expect(foreign.text.replaceAll(id, 'ID')).toBe(
            none.text.replaceAll(missing, 'ID'),
          );
        }
      },
    );

    it('is no answer to the same message, nor the beginning of a context, of somebody else', async () => {
      for (const stranger of STRANGERS) {
        const params = {
          ...sent,
          message: { ...sent.message, contextId, referenceTaskIds: [id] },
        };
        for (const request of [sent, params]) {
          const { ok, text } = await ask(
            agent,
            stranger,
            'SendMessage',
            request,
          );
          expect(ok).toBe(true);
          const own = JSON.stringify(JSON.parse(text)).replaceAll(
            `"referenceTaskIds":["${id}"]`,
            '',
          );
          expect(own).not.toContain(id);
        }
      }
    });

    it('is what it was', async () => {
      const { text } = await ask(agent, ADA, 'GetTask', { id });
      expect(text).toMatch(/input[-_]required/i);
      const list = 'ListTaskPushNotificationConfigs';
      const configs = await ask(agent, ADA, list, { taskId: id });
      expect(configs.text.split(WEBHOOK)).toHaveLength(2);
    });
  });
});
