import { Logger } from '@nestjs/common';
import { StoreError, SYSTEM_CONTEXT } from '@nest-a2a/store';
import { type TaskContext } from './task-context.js';
import { hang, later, LEASE_MS, TurnLab } from '../../test/turn-lab.js';

describe('WorkerRunner', () => {
  let lab: TurnLab;

  beforeAll(() => Logger.overrideLogger(false));

  beforeEach(() => {
    lab = new TurnLab();
  });

  afterEach(() => lab.close());

  const start = (...args: Parameters<TurnLab['start']>) => lab.start(...args);

  const brief = async (taskId?: string) => (await lab.brief(taskId)).join(', ');

  describe('after too many instances have died with a turn', () => {
    it('fails its task, with a reason that does not change and without asking the worker', async () => {
      let asked = 0;
      await lab.create();
      for (let life = 1; life <= 3; life++) {
        expect((await lab.claim(`dead ${life}`))?.attempt).toBe(life);
        await lab.clock.advance(LEASE_MS);
      }
      start('a', () => {
        asked += 1;
      });
      await lab.clock.advance(0);
      expect(asked).toBe(0);
      expect(await brief()).toBe(
        'task, FAILED The agent was interrupted too often while it processed the message.',
      );
    });

    it.each([false, true])(
      'says that what they left incomplete is complete, cancelled: %s',
      async (isCanceled) => {
        await lab.create();
        for (let life = 1; life <= 3; life++) {
          const claim = await lab.claim(`dead ${life}`);
          if (life === 1) await lab.emit(claim!, [lab.chunk('a')]);
          await lab.clock.advance(LEASE_MS);
        }
        if (isCanceled) {
          await lab.store.work.requestCancel('t1', SYSTEM_CONTEXT);
        }
        start('a', hang);
        await lab.clock.advance(0);
        expect(await brief()).toMatch(
          isCanceled
            ? 'task, artifactUpdate, artifactEnd, CANCELED'
            : 'task, artifactUpdate, artifactEnd, FAILED',
        );
      },
    );

    it('begins to count anew with the next turn', async () => {
      await lab.create();
      for (let life = 1; life <= 2; life++) {
        await lab.claim(`dead ${life}`);
        await lab.clock.advance(LEASE_MS);
      }
      const attempts: number[] = [];
      start('a', (context) => {
        attempts.push(context.attempt);
        return context.requestInput('?');
      });
      await lab.clock.advance(0);
      await lab.say('next');
      await lab.clock.advance(1_000);
      expect(attempts).toEqual([3, 1]);
    });
  });

  describe('drains', () => {
    it('by letting what runs end, renewed as long as it takes', async () => {
      const end = later();
      await lab.create();
      const runner = start('a', async (context) => {
        await end.done;
        expect(context.signal.aborted).toBe(false);
        await context.complete();
      });
      await lab.clock.advance(0);
      const drained = runner.drain(new Promise(() => undefined));
      await lab.clock.advance(4 * LEASE_MS);
      expect(runner.reserve('default')).toBeUndefined();
      end.now();
      await drained;
      expect(await brief()).toBe('task, WORKING, COMPLETED');
    });

    it('by handing back what has not ended, which is no attempt', async () => {
      const grace = later();
      await lab.create();
      let signal: AbortSignal | undefined;
      const a = start('a', async (context) => {
        signal = context.signal;
        await context.emitText('half');
        await hang();
      });
      await lab.clock.advance(0);
      const drained = a.drain(grace.done);
      grace.now();
      await drained;
      expect(signal?.reason).toMatchObject({ code: 'TURN_HANDED_BACK' });
      const seen: unknown[] = [];
      start('b', async (context) => {
        seen.push(context.attempt, context.previousArtifacts.length);
        await context.complete();
      });
      await lab.clock.advance(0);
      expect(seen).toEqual([1, 1]);
    });

    it('with a turn that began while it did, of a message that was on its way into the store', async () => {
      const grace = later();
      const runner = start('a', hang);
      await lab.clock.advance(0);
      const slot = runner.reserve('default');
      const drained = runner.drain(grace.done);
      await lab.clock.advance(0);
      await lab.create();
      const claim = await lab.claim('a');
      slot?.use(claim!);
      slot?.free();
      await lab.clock.advance(0);
      expect(runner.running).toBe(1);
      grace.now();
      await drained;
      expect(runner.running).toBe(0);
      expect((await lab.claim('b'))?.attempt).toBe(1);
    });

    it.each([true, false])(
      'and hands back at once what begins after it, known to its caller: %s',
      async (isAnnounced) => {
        let asked = 0;
        const work = () => {
          asked += 1;
        };
        const runner = start('a', work, { directReplies: true });
        await lab.clock.advance(0);
        const slot = runner.reserve('default');
        await runner.drain(Promise.resolve());
        await lab.create({ isAnnounced });
        slot?.use((await lab.claim('a'))!);
        await lab.clock.advance(0);
        expect(runner.running).toBe(0);
        expect(asked).toBe(0);
        expect((await lab.claim('b'))?.attempt).toBe(1);
      },
    );
  });

  it('takes a store that is not there for a while for nothing else', async () => {
    let isDown = false;
    let context: TaskContext | undefined;
    const end = later();
    await lab.create();
    const reach = async <T>(call: () => Promise<T>) => {
      if (isDown) throw new StoreError('UNAVAILABLE', 'down');
      return call();
    };
    start(
      'a',
      async (given) => {
        context = given;
        await end.done;
        await given.complete();
      },
      {
        log: {
          append: (...args) => reach(() => lab.store.log.append(...args)),
        },
        work: {
          renew: (...args) => reach(() => lab.store.work.renew(...args)),
          claim: (...args) => reach(() => lab.store.work.claim(...args)),
        },
      },
    );
    await lab.clock.advance(0);
    isDown = true;
    end.now();
    await lab.clock.advance(12_000);
    expect(context?.signal.aborted).toBe(false);
    isDown = false;
    await lab.clock.advance(1_000);
    expect(await brief()).toBe('task, WORKING, COMPLETED');
  });

  it('fails a task at once whose end the store cannot hold', async () => {
    await lab.create();
    start('a', (context) => context.complete('too much'), {
      log: {
        append: async (command, context) => {
          if (
            command.events.some(({ body }) => body.kind === 'artifactUpdate')
          ) {
            throw new RangeError('cannot hold this');
          }
          return lab.store.log.append(command, context);
        },
      },
    });
    await lab.clock.advance(0);
    expect(await brief()).toBe(
      'task, WORKING, FAILED The agent failed to process the message.',
    );
  });

  it('passes on a cancellation to the one run that it is for', async () => {
    const contexts: TaskContext[] = [];
    for (const taskId of ['t1', 't2']) await lab.create({ taskId });
    start('a', (context) => {
      contexts.push(context);
      return new Promise<void>((resolve) =>
        context.signal.addEventListener('abort', () => resolve()),
      );
    });
    await lab.clock.advance(0);
    await lab.store.work.requestCancel('t2', SYSTEM_CONTEXT);
    lab.wake.ring(['cancel:t2']);
    await lab.clock.advance(0);
    expect(contexts.map(({ isCanceled }) => isCanceled)).toEqual([false, true]);
    expect(await brief('t1')).toBe('task, WORKING');
    expect(await brief('t2')).toBe('task, WORKING, CANCELED');
  });
});
