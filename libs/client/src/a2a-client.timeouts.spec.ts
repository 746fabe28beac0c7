import { A2AClient } from './a2a-client.js';
import {
  answering,
  beginStream,
  collect,
  failureOf,
  frame,
  json,
  ScriptedAgent,
  taskIn,
} from '../test/scripted-agent.js';

const DEFAULT_TIMEOUT_MS = 30_000;

/** Only the timers of the client are fake; sockets are real. */
function fakeTimers(): void {
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
    ],
  });
}

describe('the time that a call may take', () => {
  let agent: ScriptedAgent;
  let client: A2AClient;

  beforeEach(async () => {
    fakeTimers();
    agent = await ScriptedAgent.start();
    client = await agent.connect('JSONRPC');
    // The card has arrived: its limit is gone.
    expect(jest.getTimerCount()).toBe(0);
  });

  afterEach(async () => {
    await client.close();
    expect(jest.getTimerCount()).toBe(0);
    await agent.allClosed();
    await agent.close();
    jest.useRealTimers();
  });

  /** Resolves when the agent has the next request; it gets no answer. */
  function silence(): Promise<void> {
    return new Promise((resolve) => {
      agent.script = () => resolve();
    });
  }

  const TIMEOUT = {
    name: 'A2AClientError',
    code: 'timeout',
    message: 'The agent did not answer within 30000 ms',
  };

  it.each([
    ['getTask', () => client.getTask('t1')],
    ['a subscription', () => client.subscribe('t1').next()],
    ['cancel', () => client.cancel('t1')],
  ])('ends after 30 seconds: %s', async (_, call) => {
    const asked = silence();
    const failure = failureOf(call());
    await asked;
    jest.advanceTimersByTime(DEFAULT_TIMEOUT_MS);
    expect(await failure).toMatchObject(TIMEOUT);
  });

  it.each([
    ['a non-blocking send', () => client.send('hi', { blocking: false })],
    ['the headers of a stream', () => client.stream('hi').next()],
  ])('ends with an outcome that nobody knows: %s', async (_, call) => {
    const asked = silence();
    const failure = failureOf(call());
    await asked;
    jest.advanceTimersByTime(DEFAULT_TIMEOUT_MS);
    expect(await failure).toMatchObject({
      code: 'outcome-unknown',
      messageId: agent.calls[0]?.body.params.message.messageId,
      cause: TIMEOUT,
    });
  });

  it('has no end for a blocking send', async () => {
    const asked = silence();
    const failure = failureOf(client.send('hi'));
    await asked;
    expect(jest.getTimerCount()).toBe(0);
    await client.close();
    expect(await failure).toMatchObject({ code: 'closed' });
  });

  it.each([
    ['getTask', () => client.getTask('t1', { timeoutMs: 70 })],
    ['waitFor', () => client.waitFor('t1', { timeoutMs: 70 })],
    [
      'connect',
      () => A2AClient.connect(`${agent.url}/x.json`, { timeoutMs: 70 }),
    ],
  ])('can be said: %s', async (_, call) => {
    const asked = silence();
    const failure = failureOf(call());
    await asked;
    jest.advanceTimersByTime(69);
    // One timer for the call, and where it asks in between one for the question.
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    jest.advanceTimersByTime(1);
    expect(await failure).toMatchObject({ code: 'timeout' });
  });

  it.each<[string, (late: A2AClient) => Promise<unknown>]>([
    ['getTask', (late) => late.getTask('t1', { timeoutMs: 70 })],
    ['waitFor', (late) => late.waitFor('t1', { timeoutMs: 70 })],
    ['subscribe', (late) => late.subscribe('t1', { timeoutMs: 70 }).next()],
    [
      'listPushConfigs',
      (late) => late.listPushConfigs('t1', {}, { timeoutMs: 70 }),
    ],
    ['getExtendedCard', (late) => late.getExtendedCard({ timeoutMs: 70 })],
  ])('counts the card, where the call is the first: %s', async (_, call) => {
    const late = A2AClient.create(agent.url);
    agent.hasCard = false;
    let answerCard: () => void = () => undefined;
    const askedForCard = new Promise<void>((resolve) => {
      agent.script = (_request, response) => {
        answerCard = () => json(response, agent.card);
        resolve();
      };
    });
    const failure = failureOf(call(late));
    await askedForCard;
    jest.advanceTimersByTime(50);
    const asked = silence();
    answerCard();
    await asked;
    jest.advanceTimersByTime(20);
    expect(await failure).toMatchObject({ code: 'timeout' });
    await late.close();
  });

  it('can be said for all calls, and lifted for one', async () => {
    await client.close();
    client = await agent.connect('JSONRPC', { timeoutMs: 70 });
    let asked = silence();
    const failure = failureOf(client.getTask('t1'));
    await asked;
    jest.advanceTimersByTime(70);
    expect(await failure).toMatchObject({ code: 'timeout' });

    asked = silence();
    const endless = failureOf(client.getTask('t1', { timeoutMs: Infinity }));
    await asked;
    expect(jest.getTimerCount()).toBe(0);
    await client.close();
    expect(await endless).toMatchObject({ code: 'closed' });
  });

  it('counts the body of an answer too', async () => {
    const asked = new Promise<void>((resolve) => {
      agent.script = (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write('{"jsonrpc"', () => resolve());
      };
    });
    const failures = [
      failureOf(client.getTask('t1')),
      failureOf(client.subscribe('t1').next()),
    ];
    await asked;
    jest.advanceTimersByTime(DEFAULT_TIMEOUT_MS);
    for (const failure of failures) {
      expect(await failure).toMatchObject({ code: 'timeout' });
    }
  });

  it('does not end a stream whose headers are here', async () => {
    let finish: () => void = () => undefined;
    agent.script = (request, response) => {
      beginStream(response).write(
        frame('JSONRPC', request, { task: taskIn('WORKING') }),
      );
      finish = () => {
        response.end(frame('JSONRPC', request, { task: taskIn('COMPLETED') }));
      };
    };
    const events = client.stream('hi');
    await events.next();
    expect(jest.getTimerCount()).toBe(0);
    finish();
    expect(await collect(events)).toHaveLength(1);
  });

  it('ends a stream that the agent leaves open a second after its final event', async () => {
    agent.script = (request, response) => {
      beginStream(response).write(
        frame('JSONRPC', request, { task: taskIn('COMPLETED') }),
      );
    };
    const events = client.stream('hi');
    expect((await events.next()).value).toMatchObject({ isFinal: true });
    const end = events.next();
    await new Promise((resolve) => setImmediate(resolve));
    // Another one waits for a sign of life.
    expect(jest.getTimerCount()).toBe(2);
    const closed = agent.allClosed();
    jest.advanceTimersByTime(1_000);
    expect(await end).toEqual({ done: true, value: undefined });
    await closed;
  });

  it('leaves no timer behind: not after an answer, an error, an early end', async () => {
    agent.script = answering('JSONRPC', taskIn('WORKING'));
    await client.getTask('t1');
    agent.script = (_, response) => json(response, {}, 500);
    await failureOf(client.getTask('t1'));
    agent.script = (request, response) => {
      beginStream(response).write(
        frame('JSONRPC', request, { task: taskIn('COMPLETED') }),
      );
    };
    for await (const event of client.stream('hi')) {
      expect(event.isFinal).toBe(true);
      break;
    }
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([0, -1, NaN, 2 ** 31])('refuses %d', async (timeoutMs) => {
    await expect(client.getTask('t1', { timeoutMs })).rejects.toThrow(
      TypeError,
    );
    expect(agent.calls).toEqual([]);
  });
});
