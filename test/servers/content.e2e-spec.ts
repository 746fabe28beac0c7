import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type A2AModuleOptions } from '@nest-a2a/server';
import { sqlite } from '@nest-a2a/sqlite';
import {
  allEvents,
  BINDINGS,
  httpJson,
  jsonRpc,
  sendParams,
} from '../support/a2a-http.js';
import { InstanceLab } from '../support/instance-lab.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { DURABLE_PUSH } from '../support/shared-runtime.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';

const STORES = ['memory', 'sqlite', 'postgres'] as const;
/** 500 characters of up to four bytes. */
const LONG_ID = '✓'.repeat(250) + '😀'.repeat(125);
const ODD_IDS = [LONG_ID, '~utf16:YQ', "';--", '../?a=b#c&d%00'];
const NO_IDS = ['a\u0000b', 'half \ud83d', ' ', 'x'.repeat(513)];
const ODD_TEXTS = [
  '👩‍👩‍👧‍👦 Grüße, 世界',
  'a\u0000b',
  'half of a pair: \ud83d',
  '\\u0000 \\ud83d "',
  '\u2028\u2029\u007f',
];
const MEBIBYTE = 1_048_576;
const CHUNKS = 10_000;
const CHUNKS_AT_ONCE = 500;

describeWithPostgres('content that stores have been known to lose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'a2a-content-'));
  let lab: InstanceLab;

  beforeAll(async () => {
    lab = await InstanceLab.open();
  }, 60_000);

  afterAll(async () => {
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(STORES)('kept in %s', (store) => {
    let agent: TestAgent;

    beforeAll(async () => {
      agent = await start();
      const { worker } = agent;
      worker.on('echo', async (context) => {
        await context.updateContext({ said: context.userText });
        await context.complete(context.userText.slice('echo:'.length));
      });
      worker.on('remember', async (context) => {
        const state: any = await context.loadContext();
        await context.complete(state?.said ?? 'nothing');
      });
      worker.on('large', (context) =>
        context.complete('é'.repeat((5 * MEBIBYTE) / 2)),
      );
      worker.on('state', async (context) => {
        await context.updateContext({ said: 'é'.repeat(MEBIBYTE) });
        await context.complete();
      });
      worker.on('chunks', async (context) => {
        for (let sent = 0; sent < CHUNKS; sent += CHUNKS_AT_ONCE) {
          await Promise.all(
            Array.from({ length: CHUNKS_AT_ONCE }, (_, index) =>
              context.emitText(`${sent + index},`),
            ),
          );
        }
        await context.complete();
      });
    });

    afterAll(async () => {
      if (store === 'postgres') await lab.close(agent);
      else await agent.close();
    });

    function start(options: Partial<A2AModuleOptions> = {}) {
      if (store === 'postgres') return lab.start(options);
      const runtime =
        store === 'memory'
          ? ('memory' as const)
          : sqlite({ file: join(folder, 'tasks.db') });
      return startAgent({
        options: { ...options, runtime, push: DURABLE_PUSH },
      });
    }

    async function send(text: string, message: object = {}): Promise<any> {
      const params = sendParams(text, { message });
      const { body } = await jsonRpc.call(agent.url, 'SendMessage', params);
      return body.result?.task ?? body;
    }

    const textOf = ({ artifacts = [] }: any): string =>
      artifacts
        .flatMap(({ parts }: any) => parts)
        .map(({ text }: any) => text)
        .join('');

    it.each(ODD_IDS)(
      'takes every context id, and lists and remembers by it (%#)',
      async (contextId) => {
        const first = await send('echo:one', { contextId });
        expect(first).toMatchObject({ contextId });
        expect(textOf(first)).toBe('one');
        const second = await send('remember', { contextId });
        expect(textOf(second)).toBe('echo:one');
        for (const binding of BINDINGS) {
          const params = { contextId };
          const answer = await binding.call(agent.url, 'ListTasks', params);
          const { tasks, totalSize } = binding.result(answer);
          expect(totalSize).toBe(2);
          expect(tasks.map(({ id }: any) => id).sort()).toEqual(
            [first.id, second.id].sort(),
          );
        }
      },
    );

    it.each(NO_IDS)(
      'refuses what is no context id, and says which field it was (%#)',
      async (contextId) => {
        const { error } = await send('echo:one', { contextId });
        expect(error.code).toBe(-32602);
        expect(error.data[0].fieldViolations[0].field).toBe(
          'message.contextId',
        );
      },
    );

    it.each(ODD_TEXTS)(
      'keeps every text, in messages, answers and metadata (%#)',
      async (text) => {
        const metadata = { [text]: text };
        const sent = await send(`echo:${text}`, { metadata });
        expect(textOf(sent)).toBe(text);
        const { body } = await httpJson.call(agent.url, 'GetTask', {
          id: sent.id,
        });
        expect(body).toEqual(sent);
        const [asked] = body.history;
        expect(asked.parts).toEqual([{ text: `echo:${text}` }]);
        expect(asked.metadata).toEqual(metadata);
        const repeated = await send(`echo:${text}`, {
          messageId: asked.messageId,
          metadata,
        });
        expect(repeated).toEqual(sent);
      },
    );

    it('keeps an artifact of 5 MiB', async () => {
      const sent = await send('large');
      const { body } = await httpJson.call(agent.url, 'GetTask', {
        id: sent.id,
      });
      expect(Buffer.byteLength(textOf(body))).toBe(5 * MEBIBYTE);
      expect(textOf(body) === textOf(sent)).toBe(true);
    });

    it('keeps a state of a conversation of some mebibytes', async () => {
      const contextId = 'with a large state';
      await send('state', { contextId });
      const remembered = await send('remember', { contextId });
      expect(textOf(remembered).length).toBe(MEBIBYTE);
    });

    it('keeps 10,000 chunks in their order, as a task and as a stream', async () => {
      const sent = await send('chunks');
      const expected = Array.from(
        { length: CHUNKS },
        (_, index) => `${index},`,
      );
      expect(textOf(sent) === expected.join('')).toBe(true);
      const stream = await jsonRpc.open(
        agent.url,
        'SubscribeToTask',
        { id: sent.id },
        { headers: { 'Last-Event-ID': '1' } },
      );
      const chunks = (await allEvents(stream)).flatMap(({ data }) =>
        data.result.artifactUpdate
          ? textOf({ artifacts: [data.result.artifactUpdate.artifact] })
          : [],
      );
      expect(chunks.join('') === expected.join('')).toBe(true);
      expect(chunks.length).toBeGreaterThanOrEqual(CHUNKS);
    }, 120_000);
  });
});
