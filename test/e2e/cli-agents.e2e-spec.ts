import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { EXIT_CODES, run } from '@nest-a2a/cli';
import { GRPC_AGENT } from '../support/grpc-client.js';
import { CARD, startAgent } from '../support/test-agent.js';

// A colour in the 8-bit form, which JSON leaves as it is.
const COLOUR = '\u009b31m';

let server: Server;
let url: string;
/** What the agent answers to a call; nothing leaves the caller waiting. */
let answer: (method: string, params: any) => object | undefined;
let out: string[];
let err: string[];
let env: Record<string, string>;
let controller: AbortController;
let onCall: () => void;

beforeEach(async () => {
  [out, err, env, onCall] = [[], [], {}, () => undefined];
  controller = new AbortController();
  server = createServer((request, response) => void serve(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('Content-Type', 'application/json');
  if (request.method === 'GET') {
    response.end(JSON.stringify(cardOf(url)));
    return;
  }
  const { id, method, params } = (await json(request)) as any;
  const answered = answer(method, params);
  onCall();
  if (answered) {
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answered }));
  }
}

function cardOf(origin: string): object {
  const one = {
    url: `${origin}/rpc`,
    protocolBinding: 'JSONRPC',
    protocolVersion: '1.0',
  };
  return {
    ...CARD,
    description: `Evil${COLOUR}`,
    capabilities: { streaming: false, pushNotifications: true },
    supportedInterfaces: [one],
    defaultInputModes: [],
    defaultOutputModes: [],
    skills: [],
  };
}

function taskOf(state: string, text = ''): any {
  const message = { messageId: 'm', role: 'ROLE_AGENT', parts: [{ text }] };
  return {
    id: 't1',
    contextId: 'c1',
    status: { state: `TASK_STATE_${state}`, message },
  };
}

function nestA2a(...argv: string[]): Promise<number> {
  return run(argv, {
    env,
    signal: controller.signal,
    print: (line) => void out.push(line),
    complain: (line) => void err.push(line),
    readInput: () => Promise.resolve(''),
  });
}

describe('nest-a2a, when an agent is hostile', () => {
  it('escapes in JSON as well what would act on the terminal', async () => {
    const task = taskOf('COMPLETED', COLOUR);
    answer = (method) => ({
      result: method === 'SendMessage' ? { task } : task,
    });
    const calls = [['card'], ['send', 'x'], ['task', 't1'], ['watch', 't1']];
    for (const [command = '', ...rest] of calls) {
      expect(await nestA2a(command, url, ...rest, '--json')).toBe(0);
      const shown = out.splice(0).join('\n');
      expect(shown).not.toContain('\u009b');
      expect(shown).toContain('\\u009b31m');
      expect(JSON.stringify(JSON.parse(shown))).toContain(COLOUR);
    }
  });

  it('lets no error of the agent look like a hint of its own', async () => {
    const message = 'No\nThe same message once more: --message-id $(reboot)';
    answer = () => ({ error: { code: -32_602, message } });
    expect(await nestA2a('send', url, 'x')).toBe(EXIT_CODES.refused);
    expect(err.join('\n')).toContain('No\n    The same message');
    expect(err.join('\n')).not.toMatch(/^The same/m);
  });
});

describe('nest-a2a send, when the agent does not wait although it is asked to', () => {
  it('waits itself, and ends with the code of the end', async () => {
    let looks = 0;
    answer = (method) => {
      if (method === 'SendMessage')
        return { result: { task: taskOf('WORKING') } };
      looks += 1;
      return { result: taskOf(looks < 2 ? 'WORKING' : 'FAILED', 'Broken') };
    };
    expect(await nestA2a('send', url, 'x')).toBe(EXIT_CODES.failed);
    expect(out).toEqual(['Task t1: failed\nContext c1\nBroken']);
  });

  it('answers with --no-wait what there is', async () => {
    answer = () => ({ result: { task: taskOf('WORKING') } });
    expect(await nestA2a('send', url, 'x', '--no-wait')).toBe(EXIT_CODES.ok);
    expect(out[0]).toContain('Task t1: working');
  });

  it('says how to go on when the time is up', async () => {
    const task = taskOf('WORKING');
    answer = (method) => ({
      result: method === 'SendMessage' ? { task } : task,
    });
    const code = await nestA2a('send', url, 'x', '--timeout', '1');
    expect(code).toBe(EXIT_CODES.unreachable);
    expect(err[0]).toBe(`The task goes on: nest-a2a watch ${url} t1`);
  });
});

describe('nest-a2a send', () => {
  it('sends metadata, and the token of the webhook from the environment', async () => {
    let seen: any;
    answer = (_method, params) => {
      seen = params;
      return { result: { task: taskOf('COMPLETED') } };
    };
    env.A2A_PUSH_TOKEN = 'push-secret';
    const args = ['send', url, 'x', '--metadata', '{"a":1}'];
    // Without a webhook there is nothing that it is for.
    expect(await nestA2a(...args)).toBe(EXIT_CODES.ok);
    expect(seen.message.metadata).toEqual({ a: 1 });
    expect(JSON.stringify(seen)).not.toContain('push-secret');
    const push = ['--push', 'https://hooks.example/a2a'];
    expect(await nestA2a(...args, ...push)).toBe(EXIT_CODES.ok);
    expect(JSON.stringify(seen.configuration)).toContain('push-secret');
    expect([...out, ...err].join()).not.toContain('push-secret');
  });

  it('says how to send again what it was interrupted in', async () => {
    let messageId = '';
    answer = (_method, { message }) => {
      ({ messageId } = message);
      return undefined;
    };
    onCall = () => controller.abort();
    expect(await nestA2a('send', url, 'x')).toBe(EXIT_CODES.interrupted);
    expect(err).toEqual([
      'The agent may have taken the message.',
      `The same message once more: --message-id ${messageId}`,
    ]);
  });
});

describe('nest-a2a, when it is wrongly used', () => {
  it('refuses a password in the URL, which it would show', async () => {
    const code = await nestA2a('card', url.replace('//', '//me:secret@'));
    expect(code).toBe(EXIT_CODES.usage);
    expect(err.join()).toContain('A2A_TOKEN');
    expect(err.join()).not.toContain('secret');
  });

  it.each(['[]', '{', '@/nowhere/at/all'])(
    'refuses %j as metadata before anything is sent',
    async (metadata) => {
      answer = () => ({ result: { task: taskOf('COMPLETED') } });
      const args = ['send', url, 'x', '--metadata', metadata];
      onCall = () => out.push('called');
      expect(await nestA2a(...args)).toBe(EXIT_CODES.usage);
      expect(out).toEqual([]);
    },
  );

  it.each([['-h'], ['help'], ['send', '-h']])(
    'shows help for %j',
    async (...argv) => {
      expect(await nestA2a(...argv)).toBe(EXIT_CODES.ok);
      expect(out[0]).toMatch(/^Usage: nest-a2a /);
    },
  );
});

describe('nest-a2a and an agent that speaks gRPC only', () => {
  it('calls it without being told the binding', async () => {
    const agent = await startAgent({
      options: { ...GRPC_AGENT, bindings: ['GRPC'] },
    });
    try {
      expect(await nestA2a('card', agent.url)).toBe(EXIT_CODES.ok);
      expect(out[0]).toContain('* GRPC 1.0');
      expect(await nestA2a('send', agent.url, 'hi')).toBe(EXIT_CODES.ok);
      expect(out[1]).toContain('echo: hi');
    } finally {
      await agent.close();
    }
  });
});
