import { once } from 'node:events';
import { type TaskContext } from '@nest-a2a/server';
import { type ReceivedWebhook, type WebhookSink } from '@nest-a2a/testing';
import { eventsOf, jsonRpc } from '../support/a2a-http.js';
import { LeapClock } from '../support/leap-clock.js';
import { CREATE, PushLab } from '../support/push-lab.js';
import { briefs, headersOf } from '../support/webhook-answers.js';

const STATUS = ['WORKING', 'WORKING', 'COMPLETED'];

/** The artifact updates among what has arrived, as id and texts. */
function artifacts(received: readonly ReceivedWebhook[]): string[] {
  return received
    .map(({ body }: any) => body.artifactUpdate)
    .filter((update) => update !== undefined)
    .map(({ artifact, append, lastChunk }) =>
      [
        artifact.artifactId,
        artifact.parts.map(({ text }: any) => text).join('|'),
        ...(append ? ['append'] : []),
        ...(lastChunk ? ['last'] : []),
      ].join(' '),
    );
}

describe('which updates a webhook gets', () => {
  let lab: PushLab;
  let sink: WebhookSink;

  const start = async (push: object = {}) => {
    lab = await PushLab.start({ push });
    sink = await lab.openSink();
    return lab;
  };
  /** What arrives for a worker, up to and with the end of the task. */
  const receivedFrom = async (
    work: (context: TaskContext) => Promise<void>,
    push: object = {},
  ) => {
    const { agent } = await start(push);
    agent.worker.on('work', work);
    await lab.send('work', { url: sink.url });
    return untilTerminal();
  };
  const untilTerminal = async () => {
    for (let count = 1; ; count += 1) {
      const received = await sink.waitFor(count);
      const last = briefs(received)[count - 1]!;
      if (/COMPLETED|FAILED|CANCELED|REJECTED/.test(last)) return received;
    }
  };
  const inThreeChunks = async (context: TaskContext) => {
    const artifactId = 'a';
    await context.emitText('one', { artifactId });
    await context.sendStatus('half way');
    await context.emitText('two', { artifactId });
    await context.emitText('three', { artifactId, lastChunk: true });
    await context.complete();
  };

  afterEach(() => lab.close());

  it('is an artifact as a whole, when its last chunk has come', async () => {
    const received = await receivedFrom(inThreeChunks);
    expect(briefs(received)).toEqual([
      'WORKING',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
    expect(artifacts(received)).toEqual(['a one|two|three last']);
    const { taskId, contextId } = (received[2]!.body as any).artifactUpdate;
    const { status, ...ids } = (received[3]!.body as any).statusUpdate;
    expect({ taskId, contextId }).toEqual(ids);
    const sequences = headersOf(received, 'a2a-event-sequence').map(Number);
    const previous = headersOf(received, 'a2a-previous-sequence').map(Number);
    expect(previous).toEqual([0, ...sequences.slice(0, -1)]);
  });

  it('is an artifact whose last chunk was not marked, at the end of the turn and before its status', async () => {
    const received = await receivedFrom(async (context) => {
      await context.emitText('one', { artifactId: 'a' });
      await context.emitText('x', { artifactId: 'b' });
      await context.emitText('two', { artifactId: 'a' });
      await context.complete();
    });
    expect(briefs(received)).toEqual([
      'WORKING',
      'artifact',
      'artifact',
      'COMPLETED',
    ]);
    expect(artifacts(received)).toEqual(['a one|two last', 'b x last']);
  });

  it('is what there is of an artifact when the worker fails', async () => {
    const received = await receivedFrom(async (context) => {
      await context.emitText('one', { artifactId: 'a' });
      throw new Error('no more');
    });
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'FAILED']);
    expect(artifacts(received)).toEqual(['a one last']);
  });

  it('is the artifact that took the place of another, by the same id', async () => {
    const received = await receivedFrom(async (context) => {
      const artifactId = 'a';
      await context.emitText('old', { artifactId });
      await context.emitText('new', { artifactId, append: false });
      await context.emitText('er', { artifactId, lastChunk: true });
      await context.emitText('!', { artifactId, lastChunk: true });
      await context.complete();
    });
    expect(artifacts(received)).toEqual(['a new|er last', 'a new|er|! last']);
  });

  it('is the artifact as it was, however late it arrives', async () => {
    const { agent } = await start();
    sink.answerNext(500);
    agent.worker.on('work', async (context) => {
      const artifactId = 'a';
      await context.emitText('one', { artifactId });
      await context.emitText('two', { artifactId, lastChunk: true });
      await context.emitText('three', { artifactId, lastChunk: true });
      await context.complete();
    });
    await lab.send('work', { url: sink.url });
    await lab.leapAfter(1);
    await sink.waitFor(5);
    expect(artifacts(sink.received)).toEqual([
      'a one|two last',
      'a one|two|three last',
    ]);
  });

  it('is a turn of many chunks as one request', async () => {
    const received = await receivedFrom(async (context) => {
      const chunks = Array.from({ length: 1_000 }, (_value, index) =>
        context.emitText(`${index}`),
      );
      await Promise.all(chunks);
      await context.complete();
    });
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'COMPLETED']);
    const { parts } = (received[1]!.body as any).artifactUpdate.artifact;
    expect(parts).toHaveLength(1_000);
  });

  it('is each turn of a task that waits in between', async () => {
    const { agent } = await start();
    agent.worker.on('ask', async (context) => {
      await context.emitText('draft', { artifactId: 'a' });
      await context.requestInput('Good?');
    });
    agent.worker.on('yes', async (context) => {
      const options = { artifactId: 'a', append: true };
      await context.emitText('final', options);
      await context.complete();
    });
    const taskId = await lab.send('ask', { url: sink.url });
    await sink.waitFor(3);
    await lab.send('yes', undefined, { message: { taskId } });
    const received = await untilTerminal();
    expect(briefs(received)).toEqual([
      'WORKING',
      'artifact',
      'INPUT_REQUIRED',
      'SUBMITTED',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
    expect(artifacts(received)).toEqual(['a draft last', 'a draft|final last']);
  });

  it('is everything with `all`', async () => {
    const received = await receivedFrom(inThreeChunks, { select: 'all' });
    expect(briefs(received)).toEqual([
      'WORKING',
      'artifact',
      'WORKING',
      'artifact',
      'artifact',
      'COMPLETED',
    ]);
    expect(artifacts(received)).toEqual([
      'a one',
      'a two append',
      'a three append last',
    ]);
  });

  it('is no artifact with `status`', async () => {
    const received = await receivedFrom(inThreeChunks, { select: 'status' });
    expect(briefs(received)).toEqual(STATUS);
    const previous = headersOf(received, 'a2a-previous-sequence').map(Number);
    const sequences = headersOf(received, 'a2a-event-sequence').map(Number);
    expect(previous).toEqual([0, ...sequences.slice(0, -1)]);
  });

  it.each(['complete', 'fail', 'reject'] as const)(
    'is the end alone with `terminal`: %s',
    async (ending) => {
      const received = await receivedFrom(
        async (context) => {
          await context.sendStatus('busy');
          await context[ending]('end');
        },
        { select: 'terminal' },
      );
      expect(received).toHaveLength(1);
      expect(received[0]!.headers['a2a-previous-sequence']).toBe('0');
    },
  );

  it('is what there is of an artifact when the task is cancelled, and then the end', async () => {
    const { agent } = await start();
    const started = lab.newGate();
    agent.worker.on('work', async (context) => {
      await context.emitText('one', { artifactId: 'a' });
      await started.pass();
      await once(context.signal, 'abort');
    });
    const id = await lab.send('work', { url: sink.url });
    await started.reached;
    started.open();
    await lab.call('CancelTask', { id });
    const received = await untilTerminal();
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'CANCELED']);
    expect(artifacts(received)).toEqual(['a one last']);
  });

  it('is what there is of an artifact when its owner had to be fenced out', async () => {
    const clock = new LeapClock();
    lab = await PushLab.start({ clock });
    sink = await lab.openSink();
    const gate = lab.newGate();
    lab.agent.worker.on('work', async (context) => {
      await context.emitText('one', { artifactId: 'a' });
      await gate.pass(); // It ignores the signal.
    });
    const id = await lab.send('work', { url: sink.url });
    await gate.reached;
    const canceled = lab.call('CancelTask', { id });
    const received = untilTerminal();
    let isOver = false;
    void canceled.then(() => (isOver = true));
    while (!isOver) await clock.leapTo(clock.now() + 500);
    expect(briefs(await received)).toEqual(['WORKING', 'artifact', 'CANCELED']);
    expect(artifacts(await received)).toEqual(['a one last']);
  });

  it('is nothing of what happened before it was registered', async () => {
    await start();
    const { taskId, step } = await lab.steppedTask();
    const stream = await jsonRpc.open(lab.agent.url, 'SubscribeToTask', {
      id: taskId,
    });
    const events = eventsOf(stream);
    await events.next();
    step(1);
    await events.next();
    await lab.call(CREATE, { taskId, url: sink.url });
    step(2);
    step(3);
    const received = await untilTerminal();
    expect(headersOf(received, 'a2a-event-sequence')).toEqual(['4', '5', '6']);
    await events.return();
  });
});
