import { type ServerResponse } from 'node:http';
import {
  beginStream,
  BINDINGS,
  collect,
  json,
  ScriptedAgent,
  type SeenRequest,
  taskIn,
  wrap,
} from '../test/scripted-agent.js';
import { type A2AClient } from './a2a-client.js';

const TEXT = 'Once upon a time';

/** A chunk of the story; the words of the artifact are its parts. */
function chunk(word: string, append = true) {
  const artifact = { artifactId: 'a1', parts: [{ text: word }] };
  return {
    artifactUpdate: { taskId: 't1', contextId: 'c1', artifact, append },
  };
}

function status(state: string) {
  return {
    statusUpdate: {
      taskId: 't1',
      contextId: 'c1',
      status: { state: `TASK_STATE_${state}` },
    },
  };
}

function taskWith(state: string, ...words: string[]) {
  const parts = words.map((text) => ({ text }));
  const artifacts = words.length > 0 ? [{ artifactId: 'a1', parts }] : [];
  return taskIn(state, { artifacts });
}

describe.each(BINDINGS)('a stream over %s that breaks', (binding) => {
  let agent: ScriptedAgent;
  let client: A2AClient;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
    const retry = { baseDelayMs: 0 };
    client = await agent.connect(binding, { retry });
  });

  afterEach(async () => {
    await client.close();
    await agent.allClosed();
    await agent.close();
  });

  type Frame = [id: string | undefined, value: object];

  /** Answers with these frames, then breaks the connection or ends the stream. */
  function stream(
    request: SeenRequest,
    response: ServerResponse,
    frames: readonly Frame[],
    isBroken = false,
  ): void {
    const text = frames.map(([id, value]) => {
      const data = JSON.stringify(wrap(binding, request, value));
      return `${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;
    });
    beginStream(response).write(text.join(''), () =>
      isBroken ? response.destroy() : response.end(),
    );
  }

  function isLook({ method, body }: SeenRequest): boolean {
    return binding === 'JSONRPC' ? body.method === 'GetTask' : method === 'GET';
  }

  function isSend({ path, body }: SeenRequest): boolean {
    return binding === 'JSONRPC'
      ? body.method === 'SendStreamingMessage'
      : path.endsWith('/message:stream');
  }

  const FIRST: Frame[] = [
    ['1', { task: taskIn('WORKING') }],
    ['2', chunk('Once ', false)],
    ['3', chunk('upon ')],
  ];

  async function story(): Promise<string> {
    return (await collect(client.streamText('hi'))).join('');
  }

  it('goes on where an agent goes on right behind the last event', async () => {
    const asked: unknown[] = [];
    agent.script = (request, response) => {
      if (isSend(request)) return stream(request, response, FIRST, true);
      asked.push(request.headers['last-event-id']);
      return stream(request, response, [
        ['4', chunk('a time')],
        ['5', status('COMPLETED')],
      ]);
    };
    expect(await story()).toBe(TEXT);
    expect(asked).toEqual(['3']);
  });

  it('looks at the task where an agent goes on somewhere else', async () => {
    // Ids of these agents are times: nothing says what came in between.
    const looks = [
      taskWith('WORKING', 'Once ', 'upon '),
      taskWith('WORKING', 'Once ', 'upon ', 'a '),
      taskWith('COMPLETED', 'Once upon a time'),
    ];
    agent.script = (request, response) => {
      if (isSend(request)) return stream(request, response, FIRST, true);
      if (isLook(request)) {
        return json(response, wrap(binding, request, looks.shift()));
      }
      return stream(request, response, [['1700000000000', chunk('time')]]);
    };
    expect(await story()).toBe(TEXT);
    expect(looks).toEqual([]);
  });

  it('takes no task for an answer that is older than what it knows', async () => {
    const looks = [
      taskWith('WORKING', 'Once '),
      taskWith('COMPLETED', 'Once ', 'upon ', 'a ', 'time'),
    ];
    agent.script = (request, response) => {
      if (isSend(request)) return stream(request, response, FIRST, true);
      if (isLook(request)) {
        return json(response, wrap(binding, request, looks.shift()));
      }
      // It would tell again what was told already.
      return stream(request, response, [
        [undefined, { task: taskWith('WORKING', 'Once ') }],
        [undefined, chunk('upon ')],
      ]);
    };
    expect(await story()).toBe(TEXT);
  });

  it('goes on after an end that the task does not explain', async () => {
    agent.script = (request, response) =>
      isSend(request)
        ? stream(request, response, FIRST)
        : stream(request, response, [
            ['4', { task: taskWith('WORKING', 'Once ', 'upon ', 'a time') }],
            ['5', status('COMPLETED')],
          ]);
    const events = await collect(client.stream('hi'));
    expect(events.map(({ kind, text }) => [kind, text])).toEqual([
      ['task', ''],
      ['artifact', 'Once '],
      ['artifact', 'upon '],
      ['artifact', 'a time'],
      ['status', ''],
    ]);
    expect(events.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
    expect(events.at(-1)?.task.completed).toBe(true);
  });

  it('leaves no connection behind when it is left while it catches up', async () => {
    agent.script = (request, response) => {
      if (isSend(request)) return stream(request, response, FIRST, true);
      const task = taskWith('WORKING', 'Once ', 'upon ', 'a time');
      const data = JSON.stringify(wrap(binding, request, { task }));
      beginStream(response).write(`data: ${data}\n\n`);
    };
    for await (const { text } of client.stream('hi')) {
      if (text === 'a time') break;
    }
    await agent.allClosed();
  });

  it('ends where the task waits for the caller', async () => {
    agent.script = (request, response) =>
      stream(
        request,
        response,
        [
          ['1', { task: taskIn('WORKING') }],
          ['2', status('INPUT_REQUIRED')],
        ],
        true,
      );
    const events = await collect(client.stream('hi'));
    expect(events.at(-1)?.state).toBe('input-required');
    expect(agent.calls).toHaveLength(1);
  });

  it('fails after a time in which nobody answers, with what broke it', async () => {
    agent.script = (request, response) =>
      isSend(request)
        ? stream(request, response, FIRST, true)
        : response.destroy();
    const options = {
      streamResumeMs: 50,
      retry: { maxAttempts: 2, baseDelayMs: 20 },
    };
    const events = client.stream('hi', options);
    const seen: unknown[] = [];
    await expect(
      (async () => {
        for await (const event of events) seen.push(event);
      })(),
    ).rejects.toMatchObject({ code: 'connection-failed' });
    expect(seen).toHaveLength(3);
  });
});
