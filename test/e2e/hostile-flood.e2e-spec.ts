import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { jsonRpc, sendParams, VERSION } from '../support/a2a-http.js';
import { goodCalls, SEED } from '../support/fuzz.js';
import { hostileRequest } from '../support/hostile-requests.js';
import { type RawRequest, sendRaw } from '../support/raw-http.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

const REQUESTS = 5_000;
const AT_ONCE = 20;
const LARGE_BYTES = 50 * 1024 * 1024;
/** One for all, so that none is taken for memory of the agent. */
const LARGE = Buffer.alloc(LARGE_BYTES, ' ');
const SLOW_CONNECTIONS = 200;
/** A tenth of what would be kept if each request left its own size behind. */
const GROWTH_BYTES = 40 * 1024 * 1024;
const PATIENCE_MS = 240_000;

const HEADERS = { 'Content-Type': 'application/json', ...VERSION };
const polluting = (key: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"SendMessage","${key}":{"polluted":true},` +
  `"params":{"${key}":{"polluted":true},"message":{"${key}":{"polluted":true}}}}`;

/** Bodies that cost more to read than to send. */
const COSTLY: readonly RawRequest[] = [
  { body: '['.repeat(500_000) },
  { body: '{"a":'.repeat(200_000) },
  { body: `${'['.repeat(200_000)}${']'.repeat(200_000)}` },
  { body: `{"params":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}` },
  { body: `[${'1,'.repeat(500_000)}1]` },
  { body: `{${'"a":1,'.repeat(100_000)}"a":1}` },
  { body: `"${'\\ud800'.repeat(100_000)}"` },
  { body: '9'.repeat(1_000_000) },
  { body: polluting('__proto__') },
  { body: polluting('constructor') },
  { body: polluting('prototype') },
  {
    body: gzipSync(LARGE),
    headers: { 'Content-Encoding': 'gzip' },
  },
].map((request) => ({
  ...request,
  headers: { ...HEADERS, ...request.headers },
}));

const HEAD = (length: number) =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n` +
  `A2A-Version: 1.0\r\nContent-Length: ${length}\r\n\r\n`;

/** What is left when nobody holds it any more. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe.each(PLATFORMS)('a flood of hostile requests on %s', (platform) => {
  let agent: TestAgent;
  let sockets: Socket[];

  beforeEach(async () => {
    sockets = [];
    agent = await startAgent({
      platform,
      options: { push: {}, retention: { maxFinished: 100 } },
    });
    agent.worker.on('ask', (context) => context.requestInput('?'));
  });

  afterEach(async () => {
    sockets.forEach((socket) => socket.destroy());
    await agent.close();
  });

  const open = async (): Promise<Socket> => {
    const { hostname, port } = new URL(agent.url);
    const socket = connect(Number(port), hostname);
    // The agent may cut a connection before all of it was sent.
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };

  const send = async (text: string): Promise<string> => {
    const params = sendParams(text);
    const answer = await jsonRpc.call(agent.url, 'SendMessage', params);
    return jsonRpc.result(answer).task.id as string;
  };

  /** @returns the status line of the answer to a body that is sent as fast as it is taken */
  const sendLarge = async (): Promise<string> => {
    const socket = await open();
    const answered = once(socket, 'data');
    socket.write(HEAD(LARGE_BYTES));
    socket.write(LARGE);
    const [answer] = (await answered) as [Buffer];
    socket.destroy();
    return answer.toString().split('\r\n', 1)[0] ?? '';
  };

  const flood = async (requests: readonly RawRequest[]): Promise<number[]> => {
    const statuses: number[] = [];
    const queue = requests.values();
    const sender = async (): Promise<void> => {
      for (const request of queue) {
        statuses.push((await sendRaw(agent.url, request)).status);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    return statuses;
  };

  it(
    'is answered without one failure of the server, and leaves nothing behind',
    async () => {
      const finished = await send('hi');
      const good = goodCalls(finished, await send('ask')).map(
        ([method, params]) => ({
          path: '/',
          body: { jsonrpc: '2.0', id: 1, method, params },
          headers: VERSION,
        }),
      );
      const sample = (count: number, seed: number) =>
        fc.sample(hostileRequest(good), { numRuns: count, seed });
      await flood(sample(500, SEED));
      const before = memory();

      const statuses = await flood(sample(REQUESTS, SEED + 1));

      expect(statuses).toHaveLength(REQUESTS);
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      expect(memory() - before).toBeLessThan(GROWTH_BYTES);
      expect(await send('hi')).toEqual(expect.any(String));
    },
    PATIENCE_MS,
  );

  it(
    'may be costly to read',
    async () => {
      const statuses = await flood([...COSTLY, ...COSTLY]);
      expect(statuses).toHaveLength(2 * COSTLY.length);
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect(await send('hi')).toEqual(expect.any(String));
    },
    PATIENCE_MS,
  );

  it(
    'may be larger than what is read: refused before it has come',
    async () => {
      const before = memory();
      const answers = await Promise.all(Array.from({ length: 8 }, sendLarge));
      expect(answers).toEqual(
        answers.map(() => expect.stringMatching(/^HTTP\/1\.1 413 /)),
      );
      expect(memory() - before).toBeLessThan(GROWTH_BYTES);
      expect(await send('hi')).toEqual(expect.any(String));
    },
    PATIENCE_MS,
  );

  it('may come slowly, on many connections, which keeps nobody else from being served', async () => {
    for (let i = 0; i < SLOW_CONNECTIONS; i += 1) {
      const socket = await open();
      socket.write(i % 2 === 0 ? 'POST / HTTP/1.1\r\nHost:' : `${HEAD(100)}{`);
    }
    const ids = await Promise.all(Array.from({ length: 50 }, () => send('hi')));
    expect(new Set(ids).size).toBe(50);
    expect(sockets.every(({ destroyed }) => !destroyed)).toBe(true);
  });
});
