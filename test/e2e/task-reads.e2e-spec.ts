import { type Task } from '@nest-a2a/protocol';
import {
  BINDINGS,
  httpJson,
  jsonRpc,
  sendParams,
  type WireBinding,
} from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { StoreClock } from '../support/store-clock.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';

const START = Date.parse('2026-01-02T03:04:05.678Z');
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

interface ListAnswer {
  tasks: Task[];
  nextPageToken: string;
  pageSize: number;
  totalSize: number;
}

describe.each(PLATFORMS)('reading tasks on %s', (platform) => {
  let agent: TestAgent;
  const gate = new Gate();
  /** The task of each text, and the text of each task. */
  const ids: Record<string, string> = {};
  const names: Record<string, string> = {};

  beforeAll(async () => {
    const clock = new StoreClock(START);
    agent = await startAgent({ platform, clock });
    const { worker } = agent;
    worker.on('report', async (context) => {
      await context.sendStatus('Looking');
      await context.emitArtifact({ artifactId: 'a1', parts: [{ text: '1' }] });
      await context.complete('2');
    });
    worker.on('ask', (context) => context.requestInput('Which one?'));
    worker.on('again', (context) => context.requestInput('And which else?'));
    worker.on('held', async (context) => {
      await context.sendStatus('Working');
      await gate.pass();
    });
    worker.on('fail', (context) => context.fail('No'));

    const send = async (text: string, message: object, later = false) => {
      const configuration = { returnImmediately: later };
      const params = sendParams(text, { message, configuration });
      const answer = await jsonRpc.call(agent.url, 'SendMessage', params);
      const { id } = answer.body.result.task;
      ids[text] ??= id;
      names[id] ??= text;
      await clock.advance(1_000);
      return id;
    };
    await send('hi', { contextId: 'A' });
    const asked = await send('ask', { contextId: 'A' });
    await send('report', { contextId: 'B' });
    await send('held', { contextId: 'B' }, true);
    await gate.reached;
    await send('fail', { contextId: 'B' });
    // Their order is that of their status, not of their creation.
    await send('again', { taskId: asked });
    delete ids.again;
  });

  afterAll(async () => {
    gate.open();
    await agent.close();
  });

  describe.each(BINDINGS)('over $name', (binding: WireBinding) => {
    async function list(params: object = {}): Promise<ListAnswer> {
      const answer = await binding.call(agent.url, 'ListTasks', params);
      return binding.result(answer);
    }

    async function get(text: string, params: object = {}): Promise<Task> {
      const request = { id: ids[text], ...params };
      const answer = await binding.call(agent.url, 'GetTask', request);
      return binding.result(answer);
    }

    const named = ({ tasks }: ListAnswer) => tasks.map(({ id }) => names[id]);

    it('lists the newest status first (A2A §3.1.4)', async () => {
      const page = await list();
      expect(named(page)).toEqual(['ask', 'fail', 'held', 'report', 'hi']);
      expect(page.tasks.map(({ status }) => status.timestamp)).toEqual(
        [5, 4, 3, 2, 0].map(at),
      );
      expect(page).toMatchObject({
        nextPageToken: '',
        pageSize: 50,
        totalSize: 5,
      });
    });

    it.each<[object, string[]]>([
      [{ contextId: 'A' }, ['ask', 'hi']],
      [{ contextId: 'B' }, ['fail', 'held', 'report']],
      [{ contextId: 'b' }, []],
      [{ contextId: '' }, ['ask', 'fail', 'held', 'report', 'hi']],
      [{ status: 'TASK_STATE_COMPLETED' }, ['report', 'hi']],
      [{ status: 'TASK_STATE_WORKING' }, ['held']],
      [{ status: 'TASK_STATE_INPUT_REQUIRED' }, ['ask']],
      [{ status: 'TASK_STATE_REJECTED' }, []],
      [
        { status: 'TASK_STATE_UNSPECIFIED' },
        ['ask', 'fail', 'held', 'report', 'hi'],
      ],
      [{ statusTimestampAfter: at(3) }, ['ask', 'fail', 'held']],
      [{ statusTimestampAfter: at(3.001) }, ['ask', 'fail']],
      [{ statusTimestampAfter: at(99) }, []],
      [
        { statusTimestampAfter: '0001-01-01T00:00:00Z' },
        ['ask', 'fail', 'held', 'report', 'hi'],
      ],
      [{ contextId: 'B', status: 'TASK_STATE_COMPLETED' }, ['report']],
      [
        {
          contextId: 'B',
          status: 'TASK_STATE_FAILED',
          statusTimestampAfter: at(4),
        },
        ['fail'],
      ],
      [{ contextId: 'A', status: 'TASK_STATE_FAILED' }, []],
    ])('filters by %j (A2A §3.1.4)', async (filter, expected) => {
      const page = await list(filter);
      expect(named(page)).toEqual(expected);
      expect(page.totalSize).toBe(expected.length);
      expect(page.nextPageToken).toBe('');
    });

    it.each([1, 2, 3, 4, 5, 100])(
      'gives every task once on pages of %d, and the total on each',
      async (pageSize) => {
        const seen: (string | undefined)[] = [];
        let pageToken = '';
        let pages = 0;
        do {
          const page = await list({ pageSize, pageToken });
          expect(page).toMatchObject({ pageSize, totalSize: 5 });
          expect(page.tasks.length).toBeLessThanOrEqual(pageSize);
          seen.push(...named(page));
          ({ nextPageToken: pageToken } = page);
          pages += 1;
        } while (pageToken !== '');
        expect(seen).toEqual(['ask', 'fail', 'held', 'report', 'hi']);
        expect(pages).toBe(Math.ceil(5 / pageSize));
      },
    );

    it('pages through what a filter leaves', async () => {
      const filter = { contextId: 'B', pageSize: 2 };
      const first = await list(filter);
      expect(named(first)).toEqual(['fail', 'held']);
      expect(first.totalSize).toBe(3);
      const pageToken = first.nextPageToken;
      const second = await list({ ...filter, pageToken });
      expect(named(second)).toEqual(['report']);
      expect(second).toMatchObject({ totalSize: 3, nextPageToken: '' });
    });

    it('lists artifacts only for those who ask for them (A2A §3.1.4)', async () => {
      for (const params of [{}, { includeArtifacts: false }]) {
        const { tasks } = await list(params);
        tasks.forEach((task) => expect(task).not.toHaveProperty('artifacts'));
      }
      const { tasks } = await list({ includeArtifacts: true });
      const report = tasks.find(({ id }) => id === ids.report);
      expect(report?.artifacts?.map(({ parts }) => parts)).toEqual([
        [{ text: '1' }],
        [{ text: '2' }],
      ]);
    });

    it.each<[number | undefined, string[]]>([
      [undefined, ['ask', 'Which one?', 'again']],
      [0, []],
      [1, ['again']],
      [2, ['Which one?', 'again']],
      [3, ['ask', 'Which one?', 'again']],
      [1_000, ['ask', 'Which one?', 'again']],
    ])(
      'gives of a history with historyLength %s: %j (A2A §3.2.4)',
      async (historyLength, expected) => {
        const params = historyLength === undefined ? {} : { historyLength };
        const { tasks } = await list(params);
        const listed = tasks.find(({ id }) => id === ids.ask) as Task;
        for (const task of [await get('ask', params), listed]) {
          const texts = (task.history ?? []).map(({ parts: [part] }) =>
            part && 'text' in part ? part.text : undefined,
          );
          expect(texts).toEqual(expected);
          expect('history' in task).toBe(expected.length > 0);
        }
      },
    );

    it.each<[number | undefined, string[]]>([
      [undefined, ['once more']],
      [0, []],
      [1, ['once more']],
    ])(
      'answers a send with historyLength %s the same way: %j',
      async (historyLength, expected) => {
        const configuration = {
          ...(historyLength !== undefined && { historyLength }),
        };
        const message = { contextId: 'C' };
        const other = await startAgent({ platform });
        const params = sendParams('once more', { message, configuration });
        const answer = await binding.call(other.url, 'SendMessage', params);
        await other.close();
        const { task } = binding.result(answer);
        expect(
          (task.history ?? []).map(({ parts }: any) => parts[0].text),
        ).toEqual(expected);
        expect('history' in task).toBe(expected.length > 0);
      },
    );

    it('shows a task as it is (A2A §4.1.1)', async () => {
      const id = ids.report;
      const task = await get('report');
      const status = {
        state: 'TASK_STATE_COMPLETED',
        timestamp: at(2),
      };
      const message = {
        messageId: expect.any(String),
        contextId: 'B',
        taskId: id,
      };
      expect(task).toEqual({
        id,
        contextId: 'B',
        status,
        history: [
          { ...message, role: 'ROLE_USER', parts: [{ text: 'report' }] },
          { ...message, role: 'ROLE_AGENT', parts: [{ text: 'Looking' }] },
        ],
        artifacts: [
          { artifactId: 'a1', parts: [{ text: '1' }] },
          { artifactId: expect.any(String), parts: [{ text: '2' }] },
        ],
      });
    });

    it('shows the message of the current status there and not in the history', async () => {
      const task = await get('fail');
      expect(task.status).toMatchObject({
        state: 'TASK_STATE_FAILED',
        message: {
          role: 'ROLE_AGENT',
          taskId: task.id,
          contextId: 'B',
          parts: [{ text: 'No' }],
        },
      });
      expect(task.history).toHaveLength(1);
      const held = await get('held', { historyLength: 0 });
      expect(held.status).toMatchObject({
        state: 'TASK_STATE_WORKING',
        message: { parts: [{ text: 'Working' }] },
      });
    });
  });

  it('takes names and numbers as ProtoJSON writes them', async () => {
    const params = { context_id: 'B', status: 4, page_size: '10' };
    const answer = await jsonRpc.call(agent.url, 'ListTasks', params);
    const { tasks, pageSize } = answer.body.result;
    expect(tasks.map(({ id }: Task) => names[id])).toEqual(['fail']);
    expect(pageSize).toBe(10);
  });

  it('takes a query parameter without a value for none (A2A §11.5)', async () => {
    const query = {
      contextId: 'B',
      status: '',
      pageSize: '',
      pageToken: '',
      historyLength: '',
      statusTimestampAfter: '',
      includeArtifacts: '',
    };
    const answer = await httpJson.call(agent.url, 'ListTasks', query);
    const { tasks, pageSize } = answer.body;
    expect(tasks.map(({ id }: Task) => names[id])).toEqual([
      'fail',
      'held',
      'report',
    ]);
    expect(pageSize).toBe(50);
  });

  it('has the page size of the options where the caller says none', async () => {
    const limits = { pageSize: 2 };
    const other = await startAgent({ platform, options: { limits } });
    const texts = ['a', 'b', 'c'];
    for (const text of texts) {
      await jsonRpc.call(other.url, 'SendMessage', sendParams(text));
    }
    const answer = await jsonRpc.call(other.url, 'ListTasks', {});
    const all = await jsonRpc.call(other.url, 'ListTasks', { pageSize: 100 });
    await other.close();
    const { tasks, pageSize, totalSize } = answer.body.result;
    expect([tasks.length, pageSize, totalSize]).toEqual([2, 2, 3]);
    expect(all.body.result.tasks).toHaveLength(3);
  });

  it('repeats nothing and leaves nothing out where tasks are added between pages', async () => {
    const clock = new StoreClock(START);
    const other = await startAgent({ platform, clock });
    const send = async (text: string) => {
      const params = sendParams(text);
      const answer = await jsonRpc.call(other.url, 'SendMessage', params);
      await clock.advance(1);
      return answer.body.result.task.id as string;
    };
    const before = [await send('a'), await send('b'), await send('c')];
    const read = async (pageToken: string) => {
      const params = { pageSize: 2, pageToken };
      const answer = await jsonRpc.call(other.url, 'ListTasks', params);
      return answer.body.result as ListAnswer;
    };
    const first = await read('');
    await send('d');
    const second = await read(first.nextPageToken);
    await other.close();
    const seen = [...first.tasks, ...second.tasks].map(({ id }) => id);
    expect(seen.sort()).toEqual(before.sort());
    expect(second.totalSize).toBe(4);
  });
});
