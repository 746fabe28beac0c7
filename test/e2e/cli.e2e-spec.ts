import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODES, run } from '@nest-a2a/cli';
import { type TaskContext } from '@nest-a2a/server';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { CARD, startAgent, type TestAgent } from '../support/test-agent.js';

let agent: TestAgent;
let out: string[];
let err: string[];
let env: Record<string, string>;
let input: string;
let folder: string;
let controller: AbortController;

beforeEach(async () => {
  agent = await startAgent();
  folder = await mkdtemp(join(tmpdir(), 'nest-a2a-'));
  [out, err, env, input] = [[], [], {}, ''];
  controller = new AbortController();
});

afterEach(async () => {
  await agent.close();
  await rm(folder, { recursive: true });
});

/** Runs a command line; `@` stands for the URL of the agent. */
function nestA2a(...argv: string[]): Promise<number> {
  const args = argv.map((word) => (word === '@' ? agent.url : word));
  return run(args, {
    env,
    signal: controller.signal,
    print: (text) => void out.push(text),
    complain: (text) => void err.push(text),
    readInput: () => Promise.resolve(input),
  });
}

function printed(): any {
  return JSON.parse(out.join('\n'));
}

describe('nest-a2a card', () => {
  it('shows who the agent is, and marks the interface that is called', async () => {
    expect(await nestA2a('card', '@')).toBe(EXIT_CODES.ok);
    const [text = ''] = out;
    expect(text).toMatch(/^Test Agent 1\.0\.0\n/);
    expect(text).toContain('* JSONRPC 1.0  http://localhost:');
    expect(text).toContain('  HTTP+JSON 0.3  http://localhost:');
    expect(text).toContain('Can: streaming, push notifications');
  });

  it('answers the card as JSON', async () => {
    expect(await nestA2a('card', '@', '--json')).toBe(EXIT_CODES.ok);
    expect(printed()).toMatchObject({ name: 'Test Agent' });
  });
});

describe('nest-a2a over gRPC', () => {
  it('sends, and shows what comes', async () => {
    await agent.close();
    agent = await startAgent({ options: GRPC_AGENT });
    const way = ['--binding', 'GRPC'];
    expect(await nestA2a('send', '@', 'hi', ...way)).toBe(EXIT_CODES.ok);
    expect(out[0]).toContain('echo: hi');
    expect(await nestA2a('send', '@', 'hi', '--stream', ...way)).toBe(0);
  });
});

describe.each([
  ['JSONRPC', '1.0'],
  ['HTTP+JSON', '1.0'],
  ['JSONRPC', '0.3'],
  ['HTTP+JSON', '0.3'],
])('nest-a2a over %s %s', (binding, protocol) => {
  const way = ['--binding', binding, '--protocol', protocol];

  it('sends a message, and shows its task', async () => {
    expect(await nestA2a('send', '@', 'hi', ...way)).toBe(EXIT_CODES.ok);
    expect(out[0]).toMatch(
      /^Task [\w-]+: completed\nContext [\w-]+\necho: hi$/,
    );
    expect(await nestA2a('send', '@', 'hi', '--json', ...way)).toBe(0);
    expect(JSON.parse(out[1] ?? '')).toMatchObject({
      status: { state: 'TASK_STATE_COMPLETED' },
    });
  });

  it('shows events as they come, as lines or as JSON', async () => {
    agent.worker.on('story', async (context) => {
      await context.sendStatus('Thinking');
      await context.emitText('Once');
      await context.complete();
    });
    expect(await nestA2a('send', '@', 'story', '--stream', ...way)).toBe(0);
    expect(out).toContain('[working] Thinking');
    expect(out).toContain('[completed]');
    expect(out.some((line) => line.endsWith(' Once'))).toBe(true);
    out.length = 0;
    const args = ['--stream', '--json', ...way];
    expect(await nestA2a('send', '@', 'story', ...args)).toBe(0);
    const kinds = out.flatMap((line) => Object.keys(JSON.parse(line)));
    expect(kinds[0]).toBe('task');
    expect(kinds).toContain('artifactUpdate');
    expect(kinds.at(-1)).toBe('statusUpdate');
  });

  it('asks, shows and cancels', async () => {
    agent.worker.on('ask', (context) => context.requestInput('Which?'));
    const { waiting, ok, refused, failed } = EXIT_CODES;
    expect(await nestA2a('send', '@', 'ask', '--json', ...way)).toBe(waiting);
    const { id } = printed();
    out.length = 0;
    expect(await nestA2a('task', '@', id, ...way)).toBe(waiting);
    expect(out[0]).toContain('input-required');
    expect(out[0]).toContain('Which?');
    expect(await nestA2a('cancel', '@', id, ...way)).toBe(ok);
    expect(await nestA2a('task', '@', id, ...way)).toBe(failed);
    out.length = 0;
    await nestA2a('send', '@', 'hi', '--json', ...way);
    const done = printed().id;
    expect(await nestA2a('cancel', '@', done, ...way)).toBe(refused);
    expect(err.at(-1)).toMatch(/^TASK_NOT_CANCELABLE: /);
  });
});

describe('nest-a2a send', () => {
  it('takes text from the standard input, data and files', async () => {
    const file = join(folder, 'content.txt');
    await writeFile(file, 'content');
    input = 'from a pipe';
    let parts: unknown;
    agent.worker.on('from a pipe', (context) => {
      parts = context.parts;
      return context.complete();
    });
    const more = ['--data', '{"a":1}', '--file', file];
    expect(await nestA2a('send', '@', '-', ...more)).toBe(0);
    expect(parts).toEqual([
      { text: 'from a pipe' },
      { data: { a: 1 } },
      {
        raw: Buffer.from('content').toString('base64'),
        filename: 'content.txt',
      },
    ]);
  });

  it('continues a task', async () => {
    agent.worker.on('ask', (context) => context.requestInput('Which?'));
    await nestA2a('send', '@', 'ask', '--json');
    const { id, contextId } = printed();
    out.length = 0;
    const place = ['--task', id, '--context', contextId];
    expect(await nestA2a('send', '@', 'this', ...place)).toBe(0);
    expect(out[0]).toContain(`Task ${id}: completed`);
  });

  it('does not wait where that is asked for, and watches later', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    agent.worker.on('slow', async (context) => {
      await finished;
      await context.complete('done');
    });
    expect(await nestA2a('send', '@', 'slow', '--no-wait', '--json')).toBe(0);
    const { id } = printed();
    out.length = 0;
    const watching = nestA2a('watch', '@', id);
    finish();
    expect(await watching).toBe(0);
    expect(out.at(-1)).toContain('completed');
    out.length = 0;
    // Nobody can follow it any more: its end is shown.
    expect(await nestA2a('watch', '@', id)).toBe(0);
    expect(out[0]).toContain('done');
    expect(await nestA2a('watch', '@', id, '--json')).toBe(0);
    expect(out[1]).not.toContain('\n');
    expect(JSON.parse(out[1] ?? '')).toMatchObject({ task: { id } });
  });

  it.each<[string, number, (context: TaskContext) => Promise<void>]>([
    ['failed', EXIT_CODES.failed, (context) => context.fail('No')],
    ['rejected', EXIT_CODES.failed, (context) => context.reject('No')],
  ])('ends with the code for a task that is %s', async (state, code, act) => {
    agent.worker.on('go', act);
    expect(await nestA2a('send', '@', 'go')).toBe(code);
    expect(out[0]).toContain(state);
    expect(await nestA2a('send', '@', 'go', '--stream')).toBe(code);
  });

  it('ends with the code for a task that waits, also while it watches', async () => {
    const { waiting } = EXIT_CODES;
    agent.worker.on('go', (context) => context.requestAuth('Who?'));
    agent.worker.on('ask', (context) => context.requestInput('Which?'));
    for (const text of ['go', 'ask']) {
      expect(await nestA2a('send', '@', text, '--stream')).toBe(waiting);
      out.length = 0;
      await nestA2a('send', '@', text, '--no-wait', '--json');
      const { id } = printed();
      expect(await nestA2a('watch', '@', id)).toBe(waiting);
    }
  });

  it('shows nothing of an agent that could act on the terminal', async () => {
    const hostile = '\u001b]0;owned\u0007\u001b[2Jhi\u202e\u009b31m';
    agent.worker.on('go', (context) => context.complete(hostile));
    await nestA2a('send', '@', 'go');
    await nestA2a('send', '@', 'go', '--stream');
    const shown = out.join('\n');
    for (const character of ['\u001b', '\u0007', '\u202e', '\u009b']) {
      expect(shown).not.toContain(character);
    }
    expect(out[0]).toContain('\\u001b[2Jhi');
  });

  it('sends headers and a token, and shows neither', async () => {
    let seen: Record<string, unknown> = {};
    await agent.close();
    agent = await startAgent({
      options: {
        principal: (request) => {
          seen = (request as { headers: typeof seen }).headers;
          return 'somebody';
        },
      },
    });
    env.A2A_TOKEN = 'secret-token';
    expect(await nestA2a('send', '@', 'hi', '--header', 'X-Key: k1')).toBe(0);
    expect(seen).toMatchObject({
      authorization: 'Bearer secret-token',
      'x-key': 'k1',
    });
    const other = ['--header', 'authorization: Basic eA=='];
    expect(await nestA2a('send', '@', 'hi', ...other)).toBe(0);
    expect(seen.authorization).toBe('Basic eA==');
    expect([...out, ...err].join('\n')).not.toContain('secret-token');
  });
});

describe('nest-a2a, when something is wrong', () => {
  it.each([
    [['nonsense']],
    [['card']],
    [['card', 'nowhere']],
    [['card', 'http://a.example', 'b']],
    [['card', 'http://a.example', '--colour']],
    [['card', 'http://a.example', '--protocol', '2.0']],
    [['card', 'http://a.example', '--binding', 'SOAP']],
    [['card', 'http://a.example', '--timeout', '0']],
    [['card', 'http://a.example', '--header', 'no colon']],
    [['send', '@']],
    [['send', '@', '--data', '{']],
    [['send', '@', '--file', '/nowhere/at/all']],
    [['send', 'http://127.0.0.1:9', '--data', '{']],
    [['send', '@', 'x', '--stream', '--no-wait']],
    [['task', '@', 'x', '--history', '1.5']],
    [['card', '@', '--header', 'X: ä\n']],
  ])('ends with the code for wrong usage: %j', async (argv) => {
    expect(await nestA2a(...argv)).toBe(EXIT_CODES.usage);
    expect(out).toEqual([]);
    expect(err).not.toEqual([]);
  });

  it('ends with the code for an agent that is not there', async () => {
    await agent.close();
    expect(await nestA2a('card', '@', '--timeout', '0.3')).toBe(
      EXIT_CODES.unreachable,
    );
    agent = await startAgent();
    expect(await nestA2a('card', `${agent.url}/x/y.json`)).toBe(
      EXIT_CODES.unreachable,
    );
    expect(err.at(-1)).toContain('card-unavailable');
  });

  it('ends with the code for a call that is refused, and says what the agent says', async () => {
    expect(await nestA2a('task', '@', 'nowhere')).toBe(EXIT_CODES.refused);
    expect(err[0]).toMatch(/^TASK_NOT_FOUND: /);
  });

  it('ends with the code for an interruption, and says how to go on', async () => {
    agent.worker.on('slow', async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    const sending = nestA2a('send', '@', 'slow', '--stream');
    while (out.length === 0) await new Promise(setImmediate);
    controller.abort();
    expect(await sending).toBe(EXIT_CODES.interrupted);
    expect(err.join()).toMatch(
      /The task goes on: nest-a2a watch http\S+ [\w-]+$/,
    );
  });

  it('ends with the code for an outcome that nobody knows, and says how to send again', async () => {
    const server = createServer((request, response) => {
      const { url = '', socket } = request;
      if (!url.endsWith('.json')) {
        socket.destroy();
        return;
      }
      const { port } = server.address() as AddressInfo;
      const card = {
        ...CARD,
        supportedInterfaces: [
          {
            url: `http://localhost:${port}/rpc`,
            protocolBinding: 'JSONRPC',
            protocolVersion: '1.0',
          },
        ],
        defaultInputModes: [],
        defaultOutputModes: [],
        skills: [],
      };
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(card));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const code = await nestA2a('send', `http://127.0.0.1:${port}`, 'hi');
    expect(code).toBe(EXIT_CODES.unknown);
    expect(err[0]).toMatch(/^outcome-unknown: .*\n.*--message-id [\w-]+$/);
    server.closeAllConnections();
    server.close();
  });

  it('shows its help and its version', async () => {
    expect(await nestA2a('--help')).toBe(0);
    expect(await nestA2a('send', '--help')).toBe(0);
    expect(await nestA2a('--version')).toBe(0);
    expect(await nestA2a()).toBe(EXIT_CODES.usage);
    expect(out[0]).toContain('card <url>');
    expect(out[1]).toContain('--push-token TOKEN');
  });
});
