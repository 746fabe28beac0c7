import { type TaskContext, type WorkerUpdate } from '@nest-a2a/server';
import { EMPTY, NEVER, Observable, of, throwError } from 'rxjs';
import { httpJson, sendParams } from '../support/a2a-http.js';
import { held } from '../support/internals.js';
import { describeInMemory } from '../support/store-kind.js';
import { StreamReader } from '../support/stream-reader.js';
import { until } from '../support/until.js';
import { FAILED_TEXT, SECRET, WorkerLab } from '../support/worker-lab.js';

/** What a worker may answer. */
type Made = () => Observable<WorkerUpdate> | AsyncIterable<WorkerUpdate>;

let lab: WorkerLab;

beforeAll(async () => {
  lab = await WorkerLab.start({
    turn: { timeoutMs: 60_000 },
    limits: { artifactBytes: 10_000 },
  });
});

beforeEach(() => lab.beginTest());
afterEach(() => lab.endTest());
afterAll(() => lab.close());

describe('a worker that answers a stream', () => {
  const texts = (task: any) =>
    task.artifacts?.map(({ parts }: any) =>
      parts.map((part: any) => part.text ?? part.data),
    );

  it.each<[string, Made]>([
    [
      'an Observable',
      () =>
        of<WorkerUpdate[]>(
          'a',
          { text: 'b' },
          [{ data: 1 }, { text: 'c' }],
          { status: 'busy' },
          { artifact: { artifactId: 'x', parts: 'whole' } },
        ),
    ],
    [
      'an async iterable',
      async function* () {
        yield 'a';
        yield { text: 'b' };
        yield [{ data: 1 }, { text: 'c' }];
        yield { status: 'busy' };
        yield { artifact: { artifactId: 'x', parts: 'whole' } };
      },
    ],
  ])(
    '%s: chunks, parts, status and artifacts, and its end completes the task',
    async (_name, make) => {
      lab.on('stream', make);
      const task = await lab.send('stream');
      expect(task.status.state).toBe('TASK_STATE_COMPLETED');
      expect(texts(task)).toEqual([['a', 'b', 1, 'c'], ['whole']]);
      expect(task.history.at(-1).parts).toEqual([{ text: 'busy' }]);
    },
  );

  it('that is empty completes the task', async () => {
    lab.on('stream', () => EMPTY);
    expect((await lab.send('stream')).status.state).toBe(
      'TASK_STATE_COMPLETED',
    );
  });

  it.each<[string, Made]>([
    ['an Observable', () => throwError(() => new Error(SECRET))],
    [
      'an async iterable',
      async function* () {
        yield 'a';
        throw new Error(SECRET);
      },
    ],
    [
      'an iterable that breaks its contract',
      () => ({
        [Symbol.asyncIterator]: (): AsyncIterator<string> => {
          throw new Error(SECRET);
        },
      }),
    ],
    ['a bad value', () => of<WorkerUpdate>({ nothing: 1 } as never)],
    ['a value that is none', () => of<WorkerUpdate>(null as never)],
  ])('that fails fails the task: %s', async (_name, make) => {
    lab.on('stream', make);
    await lab.expectFailure(await lab.send('stream'), FAILED_TEXT, /failed/);
  });

  it('may end the task itself; what comes after is refused, and the operator reads it', async () => {
    lab.on('stream', async function* (context: TaskContext) {
      yield 'a';
      await context.respond('enough');
      yield 'more';
    });
    const task = await lab.send('stream');
    expect(task.status.message.parts).toEqual([{ text: 'enough' }]);
    expect(await lab.logs.find(/after it had ended/)).toContain(task.id);
    expect(await lab.endings(task.id)).toEqual(['TASK_STATE_COMPLETED']);
  });

  it('is unsubscribed by a cancellation', async () => {
    let subscribers = 0;
    const source = new Observable<string>((subscriber) => {
      subscribers += 1;
      subscriber.next('a');
      return () => (subscribers -= 1);
    });
    lab.on('stream', () => source);
    const stream = await StreamReader.open(httpJson, lab.agent.url, {
      operation: 'SendStreamingMessage',
      params: sendParams('stream'),
    });
    const { id } = await stream.task();
    await stream.until('artifact');
    expect(subscribers).toBe(1);
    const { body } = await httpJson.call(lab.agent.url, 'CancelTask', { id });
    expect(body.status.state).toBe('TASK_STATE_CANCELED');
    expect(subscribers).toBe(0);
    expect(await stream.restInBrief()).toEqual(['CANCELED']);
  });

  it('that never ends is left behind by a cancellation, and its iterator is closed', async () => {
    let closed = 0;
    const iterator = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<string>>(() => undefined),
        return: async () => {
          closed += 1;
          return { done: true as const, value: undefined };
        },
      }),
    };
    for (const make of [() => NEVER, () => iterator]) {
      lab.on('stream', make);
      const params = sendParams('stream', {
        configuration: { returnImmediately: true },
      });
      const sent = await httpJson.call(lab.agent.url, 'SendMessage', params);
      await until(() => held(lab.agent.app).turns === 1);
      const { id } = sent.body.task;
      const { body } = await httpJson.call(lab.agent.url, 'CancelTask', { id });
      expect(body.status.state).toBe('TASK_STATE_CANCELED');
    }
    expect(closed).toBe(1);
  });

  it('that is faster than the log is sent whole', async () => {
    const source = new Observable<string>((subscriber) => {
      for (let sent = 0; sent < 2_000; sent++) subscriber.next('x');
      subscriber.complete();
    });
    lab.on('stream', () => source);
    const task = await lab.send('stream');
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(task.artifacts[0].parts).toHaveLength(2_000);
  });
});

describeInMemory(
  'a worker that answers a stream',
  'ten thousand commits, one after the other, before the end',
  () => {
    it('that floods without end is broken off and fails the task', async () => {
      let produced = 0;
      const endless = new Observable<string>((subscriber) => {
        // Bounded only so that a fault ends the test and not the machine.
        while (!subscriber.closed && produced < 1_000_000) {
          produced += 1;
          subscriber.next('');
        }
      });
      lab.on('stream', () => endless);
      const task = await lab.send('stream');
      await lab.expectFailure(task, FAILED_TEXT, /too fast/);
      expect(produced).toBeLessThan(20_000);
    });
  },
);
