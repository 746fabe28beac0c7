import { type A2AClient, type StreamEvent } from '@nest-a2a/client';
import {
  type FaultAgent,
  type FaultAgentOptions,
} from '../support/faults/fault-agent.js';
import { type StreamManners } from '../support/faults/fault-streams.js';
import { collect, failureOf, FaultLab } from '../support/faults/fault-lab.js';
import { live, say } from '../support/faults/faults.js';
import { STORY, WORDS } from '../support/faults/story.js';

jest.setTimeout(120_000);

/** At once, on one client. */
const CROWD = 40;

/** Every byte of those that differ most; of the others some, not always at the same place of an event. */
const MANNERS: [string, Partial<StreamManners>, number][] = [
  ['has ids', { ids: 'before the data' }, 1],
  ['has ids behind the data', { ids: 'behind the data' }, 1],
  ['has no ids', {}, 1],
  ['has no ids, and lines that end in CRLF', { lineEnd: '\r\n' }, 7],
  ['goes on unseen', { whenCut: 'goes on' }, 7],
  [
    'goes on unseen, and has ids',
    { whenCut: 'goes on', ids: 'before the data' },
    7,
  ],
  ['does not begin again with the task', { resumes: 'without a task' }, 7],
];

describe('a stream that is cut at any byte', () => {
  let lab: FaultLab;

  beforeEach(() => {
    lab = new FaultLab();
  });

  afterEach(() => lab.close());

  async function both(options: FaultAgentOptions) {
    const agent = await lab.agent({ binding: 'HTTP+JSON', ...options });
    return { agent, client: await lab.client(agent.url) };
  }

  /** How many bytes a whole stream has. */
  async function sizeOf(agent: FaultAgent, client: A2AClient): Promise<number> {
    const events = await collect(client.stream('tell'));
    const id = events[0]?.taskId ?? '';
    return agent.stories.get(id)?.streamBytes ?? 0;
  }

  /** The places where the first stream may be cut with another outcome than wanted. */
  async function strange(
    { size, step }: { size: number; step: number },
    wanted: string,
    run: (cut: number) => Promise<string>,
  ): Promise<string[]> {
    const found: string[] = [];
    const tell = async (cut: number) => {
      const outcome = await run(cut).catch(({ code }) => String(code));
      if (outcome !== wanted) found.push(`${cut}: ${outcome}`);
    };
    for (let from = 0; from <= size; from += CROWD * step) {
      const cuts = Array.from({ length: CROWD }, (_, at) => from + at * step);
      await Promise.all(cuts.filter((cut) => cut <= size).map(tell));
    }
    return found;
  }

  const textOf = async (client: A2AClient, cut: number | string) => {
    const texts = await collect(client.streamText(`tell ${cut}`));
    return texts.join('');
  };

  describe.each(['reset', 'end'] as const)('by a connection: %s', (cutBy) => {
    it.each(MANNERS)(
      'loses and repeats no text where the agent %s',
      async (_, manners, step) => {
        const streams = { cutBy, ...manners };
        const { agent, client } = await both({ isIdempotent: true, streams });
        const size = await sizeOf(agent, client);
        expect(size).toBeGreaterThan(WORDS.length * 50);
        const places = { size, step };
        const lost = await strange(places, STORY, (cut) => textOf(client, cut));
        expect(lost).toEqual([]);
        expect(agent.made).toBe(Math.floor(size / step) + 2);
      },
    );

    it('loses and repeats no event where the agent has ids', async () => {
      const streams = { cutBy, ids: 'before the data' } as const;
      const { agent, client } = await both({ isIdempotent: true, streams });
      const places = { size: await sizeOf(agent, client), step: 3 };
      const inShort = (events: StreamEvent[]) =>
        events
          .map(({ kind, text, state }) => `${kind} ${state ?? text}`)
          .join();
      const whole = inShort(await collect(client.stream('tell')));
      const lost = await strange(places, whole, async (cut) =>
        inShort(await collect(client.stream(`tell ${cut}`))),
      );
      expect(lost).toEqual([]);
    });

    it('has a whole task at its end', async () => {
      const streams = { cutBy };
      const { agent, client } = await both({ isIdempotent: true, streams });
      const places = { size: await sizeOf(agent, client), step: 3 };
      const whole = `true completed ${STORY}`;
      const lost = await strange(places, whole, async (cut) => {
        const last = (await collect(client.stream(`tell ${cut}`))).at(-1);
        return `${last?.isFinal} ${last?.task.state} ${last?.task.text}`;
      });
      expect(lost).toEqual([]);
    });

    it('has an unknown outcome only before its first event', async () => {
      const { agent, client } = await both({ streams: { cutBy } });
      const size = await sizeOf(agent, client);
      const places = { size, step: 3 };
      const lost = await strange(places, STORY, (cut) => textOf(client, cut));
      const codes = lost.map((one) => one.replace(/^\d+: /, ''));
      expect(new Set(codes)).toEqual(new Set(['outcome-unknown']));
      expect(Math.max(...lost.map(parseFloat))).toBeLessThan(150);
      expect(agent.made).toBe(Math.floor(size / 3) + 2);
    });

    it.each(['JSONRPC', 'HTTP+JSON'] as const)(
      'gets to its end over many cuts, over %s',
      async (binding) => {
        const { agent, client } = await both({
          binding,
          streams: { cutBy },
          isIdempotent: true,
        });
        const size = await sizeOf(agent, client);
        const lost = await strange({ size, step: 31 }, STORY, (cut) => {
          const turns = [0, 577, 1_154, 89, 0, 666];
          const cuts = turns.map((turn) => (cut + turn) % size);
          return textOf(client, cuts.join());
        });
        expect(lost).toEqual([]);
      },
    );
  });

  it('asks for what is behind the last event that it has seen whole', async () => {
    const streams = { ids: 'before the data' } as const;
    const { agent, client } = await both({ streams });
    const events = await collect(client.stream('tell 400'));
    const [, resumed] = agent.asked;
    const seen = Number(resumed?.headers['last-event-id']);
    expect(resumed?.operation).toBe('SubscribeToTask');
    expect(events.map(({ id }) => Number(id))).toEqual(
      events.map((_, at) => at),
    );
    expect(seen).toBeGreaterThan(0);
    expect(agent.operations).toEqual([
      'SendStreamingMessage',
      'SubscribeToTask',
    ]);
  });

  it.each(['refused', 'nothing', 'the task'] as const)(
    'gets the result of a task that was finished meanwhile, whose subscribers are told: %s',
    async (whenOver) => {
      const streams = { whenCut: 'goes on', whenOver } as const;
      const { agent, client } = await both({ streams });
      const events = await collect(client.stream('tell 400'));
      const end = events.at(-1)?.task;
      expect(end).toMatchObject({ text: STORY, completed: true });
      expect(agent.operations.slice(0, 3)).toEqual([
        'SendStreamingMessage',
        'SubscribeToTask',
        ...(whenOver === 'the task' ? [] : ['GetTask']),
      ]);
    },
  );

  it('is resumed when nothing comes any more', async () => {
    const streams = { cutBy: 'silence' } as const;
    const agent = await lab.agent({ streams });
    const client = await lab.client(agent.url, { streamIdleMs: 100 });
    expect(await textOf(client, 900)).toBe(STORY);
  });

  it('is not given up while there are signs of life', async () => {
    const agent = await lab.agent();
    const client = await lab.client(agent.url, { streamIdleMs: 500 });
    agent.faults.push(live(12, 100));
    expect(await textOf(client, '')).toBe(STORY);
    expect(agent.operations).toEqual(['SendStreamingMessage']);
  });

  it('fails with the error that it begins with, which is an answer', async () => {
    const { agent, client } = await both({});
    const error = { code: -32602, message: 'Bad' };
    agent.faults.push(say(`event: error\ndata: ${JSON.stringify(error)}`));
    const failure = await failureOf(collect(client.stream('tell')));
    expect(failure).toMatchObject({ code: 'INVALID_PARAMS', message: 'Bad' });
    expect(agent.operations).toHaveLength(1);
  });

  it('is over with a message in place of a task, however it ends', async () => {
    const { agent, client } = await both({});
    const role = 'ROLE_AGENT';
    const message = { messageId: 'm', role, parts: [{ text: 'Hello' }] };
    agent.faults.push(say(`data: ${JSON.stringify({ message })}`));
    expect(await textOf(client, '')).toBe('Hello');
    expect(agent.operations).toHaveLength(1);
  });

  it('is followed by a subscription as well', async () => {
    const { agent, client } = await both({});
    const first = client.stream('tell');
    const { value } = await first.next();
    await first.return(undefined);
    const story = agent.stories.get(value?.taskId ?? '');
    if (story) story.happened = 3;
    story?.cuts.push(300, 500);
    const events = await collect(client.subscribe(story?.id ?? ''));
    expect(events.at(-1)?.task).toMatchObject({ text: STORY, completed: true });
  });

  it('fails where the agent cannot be reached any more, and keeps what was said', async () => {
    const agent = await lab.agent();
    const client = await lab.client(agent.url, { streamResumeMs: 200 });
    const stream = client.stream('tell 600');
    const seen = [(await stream.next()).value];
    const gone = lab.leave(agent);
    const failure = await failureOf(
      (async () => {
        for await (const event of stream) seen.push(event);
      })(),
    );
    await gone;
    expect(failure).toMatchObject({
      name: 'A2AClientError',
      code: 'connection-failed',
    });
    expect(seen[0]).toBeDefined();
  });
});
