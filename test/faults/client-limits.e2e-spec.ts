import { type A2AClient, type StreamEvent } from '@nest-a2a/client';
import { type FaultAgent } from '../support/faults/fault-agent.js';
import { refusingUrl } from '../support/faults/black-hole.js';
import { collect, failureOf, FaultLab } from '../support/faults/fault-lab.js';
import { type Fault } from '../support/faults/faults.js';
import { assertNothingLeftOpen, openHandles } from '../support/open-handles.js';
import { STORY } from '../support/faults/story.js';

const BINDINGS = ['JSONRPC', 'HTTP+JSON'] as const;

/** A stream with text that never ends. */
const flood: Fault = ({ response, act }) => {
  act();
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const more = () => void (response.destroyed || response.write(FILLER, more));
  response.write('data: "', more);
};
const FILLER = 'x'.repeat(65_536);

/** An answer that never ends. */
const floodAnswer: Fault = ({ response, act }) => {
  act();
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const more = () => void (response.destroyed || response.write(FILLER, more));
  response.write('{"x":"', more);
};

describe.each(BINDINGS)('an agent without measure, over %s', (binding) => {
  let lab: FaultLab;
  let agent: FaultAgent;
  let client: A2AClient;

  beforeEach(async () => {
    lab = new FaultLab();
    agent = await lab.agent({ binding });
    const limits = { maxEventBytes: 100_000, maxResponseBytes: 100_000 };
    client = await lab.client(agent.url, limits);
  });

  afterEach(() => lab.close());

  it('is left when an event is too large', async () => {
    agent.faults.push(flood);
    expect(await failureOf(collect(client.stream('hi')))).toMatchObject({
      code: 'event-too-large',
    });
    await agent.allClosed();
    expect(agent.made).toBe(1);
  });

  it('is left when an event of a stream that goes on is too large', async () => {
    const { taskId } = (await client.stream('tell 300').next()).value ?? {};
    agent.faults.push(flood);
    expect(
      await failureOf(collect(client.subscribe(taskId ?? ''))),
    ).toMatchObject({ code: 'event-too-large' });
  });

  it('is left when an answer is too large', async () => {
    agent.faults.push(floodAnswer);
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'response-too-large',
    });
    await agent.allClosed();
    expect(agent.operations).toHaveLength(1);
  });

  it('is not believed when its card is too large', async () => {
    agent.cardFault = floodAnswer;
    const failure = await failureOf(lab.client(agent.url));
    expect(failure).toMatchObject({ code: 'response-too-large' });
    await agent.untilOne();
  });

  it('is not waited for when its card does not come', async () => {
    agent.cardFault = () => undefined;
    const failure = await failureOf(lab.client(agent.url, { timeoutMs: 100 }));
    expect(failure).toMatchObject({ code: 'timeout' });
  });

  it('is asked again when its card breaks off, and when it has no time', async () => {
    agent.cardFault = ({ response }) => {
      agent.cardFault = ({ response: next }) => {
        agent.cardFault = undefined;
        next.writeHead(503, { 'Retry-After': '0' }).end();
      };
      response.socket?.resetAndDestroy();
    };
    const other = await lab.client(agent.url);
    expect(other.agentName).toBe('Fault Agent');
  });
});

describe.each(BINDINGS)('who leaves a stream early, over %s', (binding) => {
  let lab: FaultLab;
  let agent: FaultAgent;
  let client: A2AClient;

  beforeEach(async () => {
    lab = new FaultLab();
    // It says a little, and then nothing.
    agent = await lab.agent({ binding, streams: { cutBy: 'silence' } });
    client = await lab.client(agent.url);
  });

  afterEach(() => lab.close());

  const leavings: [string, () => Promise<unknown>][] = [
    ['breaks', () => leaveAtOnce(client.stream('tell 600'))],
    [
      'returns',
      async () => {
        const stream = client.stream('tell 600');
        await stream.next();
        await stream.return(undefined);
      },
    ],
    [
      'throws',
      () =>
        failureOf(
          (async () => {
            for await (const event of client.stream('tell 600')) {
              throw new Error(event.kind);
            }
          })(),
        ),
    ],
    [
      'stops reading the text',
      () => leaveAtOnce(client.streamText('tell 600')),
    ],
    [
      'unsubscribes',
      () =>
        new Promise<void>((resolve, reject) => {
          const subscription = client.stream$('tell 600').subscribe({
            next: () => {
              subscription.unsubscribe();
              resolve();
            },
            error: reject,
          });
        }),
    ],
    [
      'aborts',
      async () => {
        const controller = new AbortController();
        const { signal } = controller;
        const seen: StreamEvent[] = [];
        const follow = async () => {
          for await (const one of client.stream('tell 600', { signal })) {
            seen.push(one);
            controller.abort();
          }
        };
        expect(await failureOf(follow())).toMatchObject({ code: 'aborted' });
        expect(seen).toHaveLength(1);
      },
    ],
  ];

  it.each(leavings)('closes the connection at once: %s', async (_, leave) => {
    await leave();
    await agent.allClosed();
    expect(agent.operations).toEqual(['SendStreamingMessage']);
  });

  it('leaves a subscription as well', async () => {
    await leaveAtOnce(client.stream('tell 600, 300'));
    await leaveAtOnce(client.subscribe('t1'));
    await agent.allClosed();
    expect(agent.operations).toHaveLength(2);
  });

  it('leaves between two streams', async () => {
    const { streams } = agent;
    streams.cutBy = 'reset';
    const retry = { baseDelayMs: 3_600_000, maxDelayMs: 3_600_000 };
    const controller = new AbortController();
    const { signal } = controller;
    const stream = client.stream('tell 300', { signal, retry });
    await stream.next();
    const failure = failureOf(collect(stream));
    await agent.allClosed();
    controller.abort();
    expect(await failure).toMatchObject({ code: 'aborted' });
  });

  it('leaves by closing the client', async () => {
    const stream = client.stream('tell 600');
    await stream.next();
    const failure = failureOf(collect(stream));
    await client.close();
    expect(await failure).toMatchObject({ code: 'closed' });
    await agent.allClosed();
  });
});

/** Leaves a loop with its first value. */
async function leaveAtOnce(values: AsyncIterable<unknown>): Promise<void> {
  for await (const value of values) {
    expect(value).toBeDefined();
    break;
  }
}

describe('an agent that has moved', () => {
  let lab: FaultLab;

  beforeEach(() => {
    lab = new FaultLab();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await lab.close();
  });

  const laterBy = (ms: number) => {
    const now = Date.now() + ms;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
  };

  it('is found where its card says it is now', async () => {
    const directory = await lab.agent();
    const old = await lab.agent();
    directory.interfaces = [`${old.url}/a2a`];
    const before = openHandles();
    const client = await lab.client(directory.url);
    await client.send('hi');
    await lab.leave(old);
    // The client has seen it as well.
    await assertNothingLeftOpen(before);
    laterBy(10_000);
    directory.interfaces = undefined;
    expect((await client.send('hi')).completed).toBe(true);
    expect([old.made, directory.made]).toEqual([1, 1]);
    const text = await collect(client.streamText('tell'));
    expect(text.join('')).toBe(STORY);
  });

  it('is not found where its card says the same', async () => {
    const directory = await lab.agent();
    directory.interfaces = [`${await refusingUrl()}/a2a`];
    const client = await lab.client(directory.url);
    laterBy(10_000);
    expect(await failureOf(client.send('hi'))).toMatchObject({
      code: 'connection-failed',
      isUnsent: true,
    });
    const [first, ...others] = directory.cardRequests;
    expect(first).toBeUndefined();
    expect(others.length).toBeGreaterThan(0);
    expect(others.every((etag) => etag === '"card"')).toBe(true);
  });
});
