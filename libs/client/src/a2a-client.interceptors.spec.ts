import {
  answering,
  BINDINGS,
  collect,
  failureOf,
  json,
  ScriptedAgent,
  streaming,
  taskIn,
} from '../test/scripted-agent.js';
import { type A2AClient } from './a2a-client.js';
import {
  type ClientInterceptor,
  type OutgoingCall,
} from './interceptors/client-interceptor.js';

describe.each(BINDINGS)('interceptors over %s', (binding) => {
  let agent: ScriptedAgent;
  let client: A2AClient;

  beforeEach(async () => {
    agent = await ScriptedAgent.start();
    agent.script = answering(binding, taskIn('WORKING'));
  });

  afterEach(async () => {
    await client.close();
    await agent.allClosed();
    await agent.close();
  });

  async function connect(...interceptors: ClientInterceptor[]): Promise<void> {
    const retry = { baseDelayMs: 0, maxAttempts: 2 };
    client = await agent.connect(binding, { interceptors, retry });
  }

  it('see each attempt, and change what goes with it', async () => {
    const seen: OutgoingCall[] = [];
    await connect((call, next) => {
      seen.push(call);
      call.headers['X-Trace'] = `t${call.attempt}`;
      call.query.key = 'a b&c';
      return next(call);
    });
    agent.script = (_, response) => {
      agent.script = answering(binding, taskIn('WORKING'));
      json(response, {}, 503);
    };
    await client.getTask('t1');
    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({
      operation: 'GetTask',
      request: { id: 't1' },
      version: '1.0',
      agentInterface: { protocolBinding: binding },
      isStream: false,
      isTrusted: true,
    });
    const sent = agent.calls.map(({ headers, path }) => [
      headers['x-trace'],
      path.split('?')[1],
    ]);
    expect(sent).toEqual([
      ['t1', 'key=a+b%26c'],
      ['t2', 'key=a+b%26c'],
    ]);
  });

  it('are around each other, the first outermost', async () => {
    const order: string[] = [];
    const named =
      (name: string): ClientInterceptor =>
      async (call, next) => {
        order.push(`${name} before`);
        const answer = await next(call);
        order.push(`${name} after`);
        return answer;
      };
    await connect(named('a'), named('b'));
    await client.getTask('t1');
    expect(order).toEqual(['a before', 'b before', 'b after', 'a after']);
  });

  it('see a stream when it opens, and may wrap it', async () => {
    let frames = 0;
    await connect(async (call, next) => {
      const answer = await next(call);
      if (!('frames' in answer)) return answer;
      const inner = answer.frames;
      return {
        frames: (async function* () {
          for await (const one of inner) {
            frames += 1;
            yield one;
          }
        })(),
      };
    });
    agent.script = streaming(
      binding,
      { task: taskIn('WORKING') },
      { task: taskIn('COMPLETED') },
    );
    expect(await collect(client.stream('hi'))).toHaveLength(2);
    expect(frames).toBe(2);
  });

  it('may ask again, and answer in the place of the agent', async () => {
    await connect(async (call, next) => {
      await next(call);
      await next(call);
      return { content: taskIn('COMPLETED') };
    });
    expect((await client.getTask('t1')).completed).toBe(true);
    expect(agent.calls).toHaveLength(2);
  });

  it('cannot send what no header can carry, and nobody is shown it', async () => {
    await connect((call, next) => {
      call.headers.Authorization = 'Bearer secret\r\nX: y';
      return next(call);
    });
    const failure = await failureOf(client.getTask('t1'));
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure.message).toContain('Authorization');
    expect(failure.message).not.toContain('secret');
    expect(agent.calls).toEqual([]);
  });
});
