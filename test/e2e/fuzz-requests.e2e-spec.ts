import { type Operation } from '@nest-a2a/protocol';
import {
  V03_JSON_RPC,
  V03_JSON_RPC_METHODS,
  V03_PROTO_JSON,
} from '@nest-a2a/protocol/v0.3';
import fc from 'fast-check';
import { jsonRpc, sendParams, VERSION } from '../support/a2a-http.js';
import {
  type Call,
  goodCalls,
  PATIENCE_MS,
  RUNS,
  SEED,
} from '../support/fuzz.js';
import {
  type GoodRequest,
  hostileRequest,
} from '../support/hostile-requests.js';
import { sendRaw } from '../support/raw-http.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

const overJsonRpc = (calls: Call[]): GoodRequest[] =>
  calls.map(([method, params]) => ({
    path: '/',
    body: { jsonrpc: '2.0', id: 1, method, params },
    headers: VERSION,
  }));

const PATHS: Partial<Record<Operation, (params: any) => string>> = {
  SendMessage: () => '/message:send',
  SendStreamingMessage: () => '/message:stream',
  CancelTask: ({ id }) => `/tasks/${id}:cancel`,
  SubscribeToTask: ({ id }) => `/tasks/${id}:subscribe`,
  CreateTaskPushNotificationConfig: ({ taskId }) =>
    `/tasks/${taskId}/pushNotificationConfigs`,
};

/** Those that have a body. */
const overHttpJson = (calls: Call[]): GoodRequest[] =>
  calls.flatMap(([operation, body]) => {
    const path = PATHS[operation]?.(body);
    return path ? [{ path, body, headers: VERSION }] : [];
  });

const overOldJsonRpc = (calls: Call[]): GoodRequest[] =>
  calls.flatMap(([operation, request]) => {
    const method = V03_JSON_RPC_METHODS[operation];
    if (method === undefined) return [];
    const params = V03_JSON_RPC.writeRequest(operation, request);
    const body = { jsonrpc: '2.0', id: 1, method, params };
    return [{ path: '/', body, headers: {} }];
  });

const overOldHttpJson = (calls: Call[]): GoodRequest[] =>
  calls.flatMap(([operation, request]) => {
    const path = PATHS[operation]?.(request);
    if (path === undefined) return [];
    const body = V03_PROTO_JSON.writeRequest(operation, request);
    return [{ path: `/v1${path}`, body, headers: {} }];
  });

describe.each(PLATFORMS)('hostile requests on %s', (platform) => {
  let agent: TestAgent;
  let finished: string;
  let waiting: string;
  const crashes: unknown[] = [];
  const note = (error: unknown) => void crashes.push(error);

  const send = async (text: string): Promise<string> => {
    const params = sendParams(text);
    const { body } = await jsonRpc.call(agent.url, 'SendMessage', params);
    return body.result.task.id;
  };

  beforeEach(async () => {
    process.on('unhandledRejection', note);
    agent = await startAgent({ platform, options: { push: {} } });
    agent.worker.on('ask', (context) => context.requestInput('?'));
    finished = await send('hi');
    waiting = await send('ask');
  });

  afterEach(async () => {
    await agent.close();
    process.off('unhandledRejection', note);
  });

  it.each([
    ['JSON-RPC', overJsonRpc],
    ['HTTP+JSON', overHttpJson],
    ['JSON-RPC of 0.3', overOldJsonRpc],
    ['HTTP+JSON of 0.3', overOldHttpJson],
  ])(
    'are all answered over %s, and none by a failure of the server',
    async (_binding, over) => {
      const good = over(goodCalls(finished, waiting));
      const statuses = new Set<number>();
      const isAnswered = fc.asyncProperty(
        hostileRequest(good),
        async (request) => {
          const { status, text } = await sendRaw(agent.url, request);
          statuses.add(status);
          expect(text).not.toMatch(/-32603|"INTERNAL"/);
          return status >= 200 && status < 500;
        },
      );
      await fc.assert(isAnswered, { numRuns: RUNS, seed: SEED });
      // Otherwise the requests would not be what they should be.
      expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404]));
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect(crashes).toEqual([]);
      const last = await jsonRpc.call(agent.url, 'GetTask', { id: finished });
      expect(last.body.result.status.state).toBe('TASK_STATE_COMPLETED');
    },
    PATIENCE_MS,
  );
});
