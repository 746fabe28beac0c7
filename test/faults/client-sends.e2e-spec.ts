import { type FaultAgent } from '../support/faults/fault-agent.js';
import { collect, failureOf, FaultLab } from '../support/faults/fault-lab.js';
import {
  closeAfter,
  cutAnswer,
  type Fault,
  refuse,
  refuseAfter,
  resetAfter,
  resetBefore,
  stallAfter,
} from '../support/faults/faults.js';
import { assertNothingLeftOpen, openHandles } from '../support/open-handles.js';
import { until } from '../support/until.js';

const BINDINGS = ['JSONRPC', 'HTTP+JSON'] as const;

/** What is lost on its way back, or may be. */
const LOSSES: [string, Fault][] = [
  ['the connection is reset before the agent did anything', resetBefore],
  ['the connection is reset after the agent did it', resetAfter],
  ['the connection is closed without an answer', closeAfter],
  ['half of the answer comes', cutAnswer],
  ['a gateway has no good answer (502)', refuseAfter(502)],
  ['a gateway does not wait any longer (504)', refuseAfter(504)],
];

/** An agent or what stands before it that says it did nothing. */
const REFUSALS: [string, Fault][] = [
  ['503', refuse(503)],
  ['503 with Retry-After', refuse(503, { 'Retry-After': '0' })],
  ['429 with Retry-After in seconds', refuse(429, { 'Retry-After': '0' })],
  [
    '429 with Retry-After as a date',
    refuse(429, { 'Retry-After': 'Fri, 02 Jan 2026 03:04:05 GMT' }),
  ],
];

describe.each(BINDINGS)('a message on a bad way, over %s', (binding) => {
  let lab: FaultLab;
  let agent: FaultAgent;

  beforeEach(async () => {
    lab = new FaultLab();
    agent = await lab.agent({ binding });
  });

  afterEach(() => lab.close());

  const sent = { messageId: 'm1' };

  it.each(LOSSES)(
    'has an unknown outcome, and is not sent again, when %s',
    async (_, fault) => {
      agent.faults.push(fault);
      const client = await lab.client(agent.url);
      const error = await failureOf(client.send('hi', sent));
      expect(error).toMatchObject({
        name: 'A2AClientError',
        code: 'outcome-unknown',
        messageId: 'm1',
        cause: expect.any(Error),
      });
      expect(agent.operations).toEqual(['SendMessage']);
      expect(agent.made).toBe(fault === resetBefore ? 0 : 1);
    },
  );

  it.each(LOSSES)(
    'names the message of an unknown outcome that has no id of the caller, when %s',
    async (_, fault) => {
      agent.faults.push(fault);
      const client = await lab.client(agent.url);
      const { code, messageId } = await failureOf(client.send('hi'));
      expect(code).toBe('outcome-unknown');
      expect(agent.messageIds).toEqual([messageId]);
    },
  );

  it.each(LOSSES)(
    'has an unknown outcome as a stream that does not begin, when %s',
    async (_, fault) => {
      agent.faults.push(fault);
      const client = await lab.client(agent.url);
      const error = await failureOf(collect(client.stream('hi', sent)));
      expect(error).toMatchObject({ code: 'outcome-unknown', messageId: 'm1' });
      expect(agent.operations).toEqual(['SendStreamingMessage']);
    },
  );

  it.each(LOSSES)(
    'is sent again with the same id to an agent that takes it once, when %s',
    async (_, fault) => {
      const once = await lab.agent({ binding, isIdempotent: true });
      once.faults.push(fault, fault);
      const client = await lab.client(once.url);
      const result = await client.send('hi');
      expect(result).toMatchObject({ taskId: 't1', completed: true });
      expect(once.made).toBe(1);
      expect(once.messageIds).toHaveLength(3);
      expect(new Set(once.messageIds).size).toBe(1);
    },
  );

  it.each(LOSSES)(
    'has an unknown outcome after the last attempt at such an agent, when %s',
    async (_, fault) => {
      const once = await lab.agent({ binding, isIdempotent: true });
      once.faults.push(fault, fault, fault);
      const client = await lab.client(once.url);
      const error = await failureOf(client.send('hi', sent));
      expect(error).toMatchObject({ code: 'outcome-unknown', messageId: 'm1' });
      expect(once.messageIds).toEqual(['m1', 'm1', 'm1']);
    },
  );

  it('has an unknown outcome where it was lost first and refused afterwards', async () => {
    const once = await lab.agent({ binding, isIdempotent: true });
    once.faults.push(resetAfter, refuse(503), refuse(503));
    const client = await lab.client(once.url);
    const error = await failureOf(client.send('hi', sent));
    expect(error).toMatchObject({ code: 'outcome-unknown', messageId: 'm1' });
    expect(once.made).toBe(1);
  });

  it.each(REFUSALS)('is sent again after %s', async (_, fault) => {
    agent.faults.push(fault, fault);
    const client = await lab.client(agent.url);
    const result = await client.send('hi', sent);
    expect(result.completed).toBe(true);
    expect(agent.messageIds).toEqual(['m1', 'm1', 'm1']);
    expect(agent.made).toBe(1);
    agent.faults.push(fault);
    const events = await collect(client.stream('hi', { messageId: 'm2' }));
    expect(events.at(-1)?.isFinal).toBe(true);
    expect(agent.made).toBe(2);
  });

  it.each([
    [429, 'RATE_LIMITED'],
    [503, 'UNAVAILABLE'],
  ])('is refused in the end after %d again and again', async (status, code) => {
    const fault = refuse(status);
    agent.faults.push(fault, fault, fault);
    const client = await lab.client(agent.url);
    await expect(client.send('hi')).rejects.toMatchObject({ code });
    expect(agent.operations).toHaveLength(3);
    expect(agent.made).toBe(0);
  });

  it('is not sent again before the agent wants it', async () => {
    const times: number[] = [];
    agent.faults.push(
      (exchange) => {
        times.push(performance.now());
        refuse(503, { 'Retry-After': '1' })(exchange);
      },
      ({ respond }) => {
        times.push(performance.now());
        respond();
      },
    );
    const retry = { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 1_500 };
    const client = await lab.client(agent.url, { retry });
    expect((await client.send('hi')).completed).toBe(true);
    const [first = 0, second = 0] = times;
    // Timers may be a millisecond early.
    expect(second - first).toBeGreaterThanOrEqual(995);
  });

  it('does not wait for an agent that wants more time than there is', async () => {
    agent.faults.push(refuse(429, { 'Retry-After': '3600' }));
    const client = await lab.client(agent.url);
    await expect(client.send('hi')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 3_600,
    });
    expect(agent.operations).toHaveLength(1);
  });

  it.each([
    ['a client', { retry: false as const }, {}],
    ['a call', {}, { retry: false as const }],
  ])('is sent once where %s says so', async (_, options, call) => {
    agent.faults.push(refuse(503));
    const client = await lab.client(agent.url, options);
    await expect(client.send('hi', call)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(agent.operations).toHaveLength(1);
  });

  it('has an unknown outcome when the time is over before the answer', async () => {
    agent.faults.push(stallAfter);
    const client = await lab.client(agent.url);
    const call = client.send('hi', { ...sent, timeoutMs: 300 });
    expect(await failureOf(call)).toMatchObject({
      code: 'outcome-unknown',
      messageId: 'm1',
      cause: expect.objectContaining({ code: 'timeout' }),
    });
    expect(agent.made).toBe(1);
    await agent.allClosed();
  });

  it('has an unknown outcome when the time is over between attempts, of which one was lost', async () => {
    const once = await lab.agent({ binding, isIdempotent: true });
    once.faults.push(resetAfter);
    const client = await lab.client(once.url);
    const retry = {
      maxAttempts: 2,
      baseDelayMs: 3_600_000,
      maxDelayMs: 3_600_000,
    };
    jest.spyOn(Math, 'random').mockReturnValue(0.9);
    const call = client.send('hi', { ...sent, timeoutMs: 300, retry });
    expect(await failureOf(call)).toMatchObject({
      code: 'outcome-unknown',
      messageId: 'm1',
    });
    jest.restoreAllMocks();
  });

  it('stays aborted where the caller has left', async () => {
    agent.faults.push(stallAfter);
    const client = await lab.client(agent.url);
    const controller = new AbortController();
    const { signal } = controller;
    const failure = failureOf(client.send('hi', { signal }));
    await until(() => agent.made === 1, 'the message');
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failure).toMatchObject({ code: 'aborted', cause: reason });
    await agent.allClosed();
  });

  it('is not sent again after the caller has left, though the agent has no time', async () => {
    agent.faults.push(refuse(503));
    const retry = {
      maxAttempts: 2,
      baseDelayMs: 3_600_000,
      maxDelayMs: 3_600_000,
    };
    const client = await lab.client(agent.url, { retry });
    const controller = new AbortController();
    const { signal } = controller;
    const failure = failureOf(client.send('hi', { signal }));
    await until(() => agent.faults.length === 0, 'the message');
    controller.abort();
    expect(await failure).toMatchObject({ code: 'aborted' });
    expect(agent.operations).toHaveLength(1);
  });

  it('is closed where the client is, between attempts and within one', async () => {
    agent.faults.push(stallAfter);
    const client = await lab.client(agent.url);
    const failure = failureOf(client.send('hi'));
    await until(() => agent.made === 1, 'the message');
    await client.close();
    expect(await failure).toMatchObject({ code: 'closed' });
    await agent.allClosed();
  });

  it('is delivered though the connection that was kept has been closed', async () => {
    const before = openHandles();
    const client = await lab.client(agent.url);
    await client.send('hi');
    agent.closeIdle();
    // The client has seen it as well.
    await assertNothingLeftOpen(before);
    for (let count = 2; count < 6; count += 1) {
      expect((await client.send('hi')).completed).toBe(true);
      expect(agent.made).toBe(count);
    }
  });

  it('makes no second task where the connection is reset as soon as it is there', async () => {
    const client = await lab.client(agent.url);
    agent.resets = 1;
    const outcome = await client.send('hi', sent).then(
      () => 'sent',
      ({ code }) => code as string,
    );
    // The request may be on its way by then, or not.
    expect(outcome).toBe(agent.made === 1 ? 'sent' : 'outcome-unknown');
  });
});
