import { type TaskContext } from '@nest-a2a/server';
import { BINDINGS, httpJson, sendParams } from '../support/a2a-http.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { codeOf } from '../support/worker-lab.js';

const TIMING = 'https://example.com/ext/timing/v1';
const CARD = {
  name: 'Context',
  description: 'Looks at its context.',
  version: '1.0.0',
  capabilities: { extensions: [{ uri: TIMING }] },
};

const PICTURE = { raw: 'aGk=', mediaType: 'text/plain', filename: 'hi.txt' };
const LINK = { url: 'https://example.com/a.txt' };

describe('the context of a turn', () => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ options: { agentCard: CARD } });
  });

  afterAll(() => agent.close());

  /** The task of a worker that does this. */
  async function taskOf(
    work: (context: TaskContext) => Promise<void>,
  ): Promise<any> {
    agent.worker.on('work', work);
    const params = sendParams('work');
    const { body } = await httpJson.call(agent.url, 'SendMessage', params);
    return body.task;
  }

  it.each(BINDINGS)(
    'says what the caller has said, over $name (A2A §4.1.4)',
    async (binding) => {
      let seen: any;
      agent.worker.on('look', async (context) => {
        seen = { ...context, ...readable(context) };
        await context.complete();
      });
      const parts = [
        { text: 'look: at ' },
        { text: 'this' },
        PICTURE,
        LINK,
        { data: { n: 1 } },
        { data: null },
      ];
      const message = {
        messageId: `look-${binding.name}`,
        contextId: 'mine',
        parts,
        metadata: { of: 'message' },
        referenceTaskIds: ['t-1', 't-2'],
      };
      const params = sendParams('', {
        message,
        metadata: { of: 'request' },
        configuration: { acceptedOutputModes: ['text/plain', 'image/*'] },
      });
      const response = await binding.open(agent.url, 'SendMessage', params, {
        headers: { 'A2A-Extensions': `${TIMING}, https://example.com/other` },
      });
      const { task } = binding.result({
        status: response.status,
        headers: response.headers,
        body: await response.json(),
      });
      expect(seen).toMatchObject({
        taskId: task.id,
        contextId: 'mine',
        messageId: message.messageId,
        agent: 'default',
        tenant: '',
        principal: '',
        attempt: 1,
        userText: 'look: at this',
        parts,
        files: [PICTURE, LINK],
        dataParts: [{ n: 1 }, null],
        metadata: { of: 'request' },
        history: [],
        previousArtifacts: [],
        referenceTaskIds: ['t-1', 't-2'],
        extensions: [TIMING],
        isCanceled: false,
        turnEnded: false,
      });
      expect(seen.message).toEqual({
        ...message,
        role: 'ROLE_USER',
        taskId: task.id,
      });
      expect(seen.accepted).toEqual([
        ['text/plain', true],
        ['TEXT/PLAIN; charset=utf-8', true],
        ['image/png', true],
        ['text/html', false],
        ['application/json', false],
      ]);
    },
  );

  it('accepts everything for a caller who did not say what it accepts', async () => {
    let accepted: unknown;
    await taskOf(async (context) => {
      ({ accepted } = readable(context));
      await context.complete();
    });
    expect(accepted).toEqual(MEDIA_TYPES.map((one) => [one, true]));
  });

  it.each<[string, (context: TaskContext) => Promise<void>, object]>([
    [
      'complete(parts)',
      (context) => context.complete([{ text: 'a' }, { data: [1] }]),
      { artifacts: [artifact([{ text: 'a' }, { data: [1] }])] },
    ],
    ['complete()', (context) => context.complete(), {}],
    [
      'completeJson(value)',
      (context) => context.completeJson({ total: 4.2 }),
      {
        artifacts: [
          artifact([{ data: { total: 4.2 }, mediaType: 'application/json' }]),
        ],
      },
    ],
    [
      'completeJson(null)',
      (context) => context.completeJson(null),
      {
        artifacts: [artifact([{ data: null, mediaType: 'application/json' }])],
      },
    ],
    [
      'respond(text)',
      (context) => context.respond('Hello.'),
      { said: [{ text: 'Hello.' }] },
    ],
    [
      'fail(reason)',
      (context) => context.fail('No figures yet.'),
      { state: 'FAILED', said: [{ text: 'No figures yet.' }] },
    ],
    ['reject()', (context) => context.reject(), { state: 'REJECTED' }],
    [
      'reject(reason)',
      (context) => context.reject('Not on Sundays.'),
      { state: 'REJECTED', said: [{ text: 'Not on Sundays.' }] },
    ],
    [
      'requestInput(question)',
      (context) => context.requestInput('Which quarter?'),
      { state: 'INPUT_REQUIRED', said: [{ text: 'Which quarter?' }] },
    ],
    [
      'requestAuth(details)',
      (context) => context.requestAuth([{ data: { url: 'https://login' } }]),
      { state: 'AUTH_REQUIRED', said: [{ data: { url: 'https://login' } }] },
    ],
  ])('ends the turn with %s', async (_call, end, expected) => {
    const task = await taskOf(end);
    const { state = 'COMPLETED', artifacts, said } = expected as any;
    expect(task.status.state).toBe(`TASK_STATE_${state}`);
    expect(task.status.message?.parts).toEqual(said);
    expect(task.artifacts).toEqual(artifacts);
  });

  it('adds text to one artifact, values to artifacts of their own, and both where they are told to', async () => {
    const ids: string[] = [];
    const task = await taskOf(async (context) => {
      ids.push(await context.emitText('a', { name: 'Story' }));
      ids.push(await context.emitData({ n: 1 }));
      ids.push(await context.emitText('b'));
      ids.push(await context.emitData(2));
      ids.push(await context.emitData(3, { artifactId: 'rows' }));
      ids.push(await context.emitData(4, { artifactId: 'rows' }));
      await context.emitText('c', { lastChunk: true });
      await context.complete();
    });
    const [story, first, again, second, rows, more] = ids;
    expect([again, rows, more]).toEqual([story, 'rows', 'rows']);
    expect(new Set([story, first, second, rows]).size).toBe(4);
    const json = (data: unknown) => ({ data, mediaType: 'application/json' });
    expect(task.artifacts).toEqual([
      {
        artifactId: story,
        name: 'Story',
        parts: [{ text: 'a' }, { text: 'b' }, { text: 'c' }],
      },
      { artifactId: first, parts: [json({ n: 1 })] },
      { artifactId: second, parts: [json(2)] },
      { artifactId: 'rows', parts: [json(3), json(4)] },
    ]);
  });

  it('adds whole artifacts with all that is said about them (A2A §4.1.7)', async () => {
    const whole = {
      artifactId: 'a',
      name: 'Report',
      description: 'Q1',
      parts: [{ text: 'x', metadata: { page: 1 } }],
      metadata: { lang: 'en' },
      extensions: [TIMING],
    };
    const task = await taskOf(async (context) => {
      expect(await context.emitArtifact(whole)).toBe('a');
      await context.complete();
    });
    expect(task.artifacts).toEqual([whole]);
  });

  it('says what extensions have to say, in every kind of message (A2A §4.6.2)', async () => {
    const said = {
      parts: [{ text: 'x' }],
      metadata: { [TIMING]: { tookMs: 7 } },
      extensions: [TIMING],
    };
    const agentSays = {
      role: 'ROLE_AGENT',
      messageId: expect.any(String),
      contextId: expect.any(String),
      taskId: expect.any(String),
      ...said,
    };
    const ends = [
      (context: TaskContext) => context.respond({ ...said, parts: 'x' }),
      (context: TaskContext) => context.fail(said),
      (context: TaskContext) => context.reject(said),
      (context: TaskContext) => context.requestInput(said),
      (context: TaskContext) => context.requestAuth(said),
    ];
    for (const end of ends) {
      const task = await taskOf(async (context) => {
        await context.sendStatus({ ...said, parts: { text: 'x' } });
        await end(context);
      });
      expect(task.status.message).toEqual(agentSays);
      expect(task.history.at(-1)).toEqual(agentSays);
    }
  });

  it('refuses metadata that JSON cannot hold, and says where', async () => {
    let message = '';
    await taskOf(async (context) => {
      const said = { parts: 'x', metadata: { n: 1 }, extensions: [''] };
      await context.sendStatus(said).catch((error: Error) => {
        message = error.message;
      });
      await context.complete();
    });
    expect(message).toContain('extensions[0]');
  });

  it('has no transactions in memory, and says so', async () => {
    const inMemory = await startAgent({ options: { runtime: 'memory' } });
    let code: string | undefined;
    let isRun = false;
    inMemory.worker.on('pay', async (context) => {
      const work = async () => void (isRun = true);
      code = await codeOf(context.withTransaction({}, work));
      await context.complete();
    });
    const params = sendParams('pay');
    const { body } = await httpJson.call(inMemory.url, 'SendMessage', params);
    await inMemory.close();
    expect([code, isRun]).toEqual(['NOT_SUPPORTED', false]);
    expect(body.task.status.state).toBe('TASK_STATE_COMPLETED');
  });
});

const MEDIA_TYPES = [
  'text/plain',
  'TEXT/PLAIN; charset=utf-8',
  'image/png',
  'text/html',
  'application/json',
];

/** What of a context are getters and methods. */
function readable(context: TaskContext) {
  const { messageId, parts, userText, files, dataParts } = context;
  const { referenceTaskIds, isCanceled, turnEnded } = context;
  const accepted = MEDIA_TYPES.map((one) => [one, context.accepts(one)]);
  return {
    ...{ messageId, parts, userText, files, dataParts },
    ...{ referenceTaskIds, isCanceled, turnEnded, accepted },
  };
}

function artifact(parts: object[]) {
  return { artifactId: expect.any(String), parts };
}
