import { jsonRpc, sendParams, VERSION } from '../support/a2a-http.js';
import { expectRefusal } from '../support/refusals.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

describe.each(PLATFORMS)('a JSON-RPC request on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ platform });
  });

  afterAll(() => agent.close());

  async function post(request: object) {
    const response = await fetch(agent.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...VERSION },
      body: JSON.stringify({ jsonrpc: '2.0', ...request }),
    });
    const { status, headers } = response;
    return { status, headers, text: await response.text() };
  }

  const total = async (): Promise<number> => {
    const answer = await jsonRpc.call(agent.url, 'ListTasks', {});
    return answer.body.result.totalSize;
  };

  it.each([{ params: null }, { params: {} }, {}])(
    'may leave its params out, or say null: %j (JSON-RPC 2.0 §4)',
    async (rest) => {
      const listed = await post({ id: 1, method: 'ListTasks', ...rest });
      expect(JSON.parse(listed.text)).toMatchObject({
        id: 1,
        result: { pageSize: 50 },
      });
      const got = await post({ id: 7, method: 'GetTask', ...rest });
      const answer = { ...got, body: JSON.parse(got.text) as unknown };
      expectRefusal(jsonRpc, answer, 'INVALID_PARAMS', { fields: ['id'] });
    },
  );

  it.each(['SendMessage', 'SendStreamingMessage'])(
    'without an id is refused, and %s begins nothing',
    async (method) => {
      const before = await total();
      const refused = await post({ method, params: sendParams('hi') });
      const answer = { ...refused, body: JSON.parse(refused.text) as unknown };
      expectRefusal(jsonRpc, answer, 'INVALID_REQUEST', {
        id: null,
        fields: ['id'],
      });
      expect(await total()).toBe(before);
    },
  );

  it.each([null, 0, 'ä'])(
    'has its id %j in every event of its stream',
    async (id) => {
      const method = 'SendStreamingMessage';
      const { text } = await post({ id, method, params: sendParams('hi') });
      const frames = text.trim().split('\n\n');
      expect(frames).toHaveLength(4);
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1] ?? '';
        expect(JSON.parse(data)).toMatchObject({ jsonrpc: '2.0', id });
      }
    },
  );
});
