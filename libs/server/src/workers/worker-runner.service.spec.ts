import { Logger } from '@nestjs/common';
import { StoreError, SYSTEM_CONTEXT } from '@nest-a2a/store';
import { type TaskContext } from './task-context.js';
import {
  hang,
  later,
  LEASE_MS,
  OPTIONS,
  state,
  TurnLab,
} from '../../test/turn-lab.js';
import { type TurnError } from './turn.errors.js';

describe('WorkerRunner', () => {
  let lab: TurnLab;

  beforeAll(() => Logger.overrideLogger(false));

  beforeEach(() => {
    lab = new TurnLab();
  });

  afterEach(() => lab.close());

  const start = (...args: Parameters<TurnLab['start']>) => lab.start(...args);

  const brief = async (taskId?: string) => (await lab.brief(taskId)).join(', ');

  describe('claims', () => {
    it('a turn at once when it is told that there is one', async () => {
      start('a', (context) => context.complete());
      await lab.clock.advance(0);
      await lab.create();
      lab.wake.ring(['work']);
      await lab.clock.advance(0);
      expect(await brief()).toBe('task, WORKING, COMPLETED');
    });

    it('a turn by itself when every wake-up is lost', async () => {
      const wake = {
        pollMs: 1_000,
        ring: () => undefined,
        on: () => () => undefined,
      };
      start('a', (context) => context.complete(), { wake });
      await lab.clock.advance(0);
      await lab.create();
      await lab.clock.advance(999);
      expect(await brief()).toBe('task');
      await lab.clock.advance(1);
      expect(await brief()).toBe('task, WORKING, COMPLETED');
    });

    it('a turn whose lease expires as soon as it does', async () => {
      await lab.claimed();
      await lab.clock.advance(LEASE_MS - 300);
      start('a', (context) => context.complete());
      await lab.clock.advance(299);
      expect(await brief()).toBe('task');
      await lab.clock.advance(1);
      expect(await brief()).toBe('task, WORKING, COMPLETED');
    });

    it('as many turns as it may run, and the next when one has ended', async () => {
      const begun: string[] = [];
      const gates = new Map<string, () => void>();
      start(
        'a',
        async (context) => {
          begun.push(context.taskId);
          await new Promise<void>((resolve) =>
            gates.set(context.taskId, resolve),
          );
          await context.complete();
        },
        { options: { turn: { ...OPTIONS.turn, concurrency: 2 } } },
      );
      for (const taskId of ['t1', 't2', 't3']) await lab.create({ taskId });
      await lab.clock.advance(1_000);
      expect(begun).toEqual(['t1', 't2']);
      gates.get('t2')?.();
      await lab.clock.advance(0);
      expect(begun).toEqual(['t1', 't2', 't3']);
      gates.forEach((open) => open());
      await lab.clock.advance(0);
    });

    it('nothing for a place that somebody has reserved', async () => {
      const runner = start('a', hang, {
        options: { turn: { ...OPTIONS.turn, concurrency: 1 } },
      });
      await lab.clock.advance(0);
      const slot = runner.reserve('default');
      expect(runner.reserve('default')).toBeUndefined();
      await lab.create();
      await lab.clock.advance(5_000);
      expect(runner.running).toBe(0);
      slot?.free();
      slot?.free();
      await lab.clock.advance(1_000);
      expect(runner.running).toBe(1);
      expect(runner.reserve('default')).toBeUndefined();
    });

    it('no turn of an agent whose worker it does not have', async () => {
      const runner = start('a', hang);
      expect(runner.reserve('another')).toBeUndefined();
      expect(runner.acceptsDirectReplies('another')).toBe(false);
    });

    it('again after the store was not there', async () => {
      let isDown = true;
      start('a', (context) => context.complete(), {
        work: {
          claim: async (command) => {
            if (isDown) throw new StoreError('UNAVAILABLE', 'down');
            return lab.store.work.claim(command);
          },
        },
      });
      await lab.create();
      await lab.clock.advance(3_000);
      expect(await brief()).toBe('task');
      isDown = false;
      await lab.clock.advance(1_000);
      expect(await brief()).toBe('task, WORKING, COMPLETED');
    });
  });

  describe('keeps a turn', () => {
    it('that takes much longer than a lease, and it counts as one attempt', async () => {
      const contexts: TaskContext[] = [];
      const end = later();
      const work = async (context: TaskContext) => {
        contexts.push(context);
        await end.done;
        await context.complete();
      };
      await lab.create();
      start('a', work);
      start('b', work);
      await lab.clock.advance(10 * LEASE_MS);
      expect(contexts).toHaveLength(1);
      end.now();
      await lab.clock.advance(0);
      expect(await brief()).toBe('task, WORKING, COMPLETED');
    });

    it('of a frozen instance no longer than its lease, and what that writes later is refused', async () => {
      const taken: unknown[] = [];
      const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      const end = later();
      let refusal: TurnError | undefined;
      let isFrozen = false;
      const thaw = later();
      const whenAwake = async <T>(call: () => Promise<T>) => {
        if (isFrozen) await thaw.done;
        return call();
      };
      await lab.create();
      start(
        'a',
        async (context) => {
          await context.once('paid', () => 'by a');
          await context.emitText('from a');
          await end.done;
          await context
            .complete('late')
            .catch((error: TurnError) => (refusal = error));
        },
        {
          work: {
            renew: (...args) => whenAwake(() => lab.store.work.renew(...args)),
            claim: (...args) => whenAwake(() => lab.store.work.claim(...args)),
          },
        },
      );
      await lab.clock.advance(0);
      isFrozen = true;
      start('b', async (context) => {
        const paid = await context.once('paid', () => 'by b');
        const [artifact] = context.previousArtifacts;
        taken.push(context.attempt, paid, artifact?.artifactId);
        await context.complete();
      });
      await lab.clock.advance(LEASE_MS + 1_000);
      expect(taken).toEqual([2, 'by a', 'turn-1']);
      isFrozen = false;
      thaw.now();
      end.now();
      await lab.clock.advance(0);
      expect(refusal).toMatchObject({ code: 'TURN_LOST' });
      expect(warn.mock.calls).toContainEqual([
        expect.stringMatching(/task .* lost its turn/),
      ]);
      warn.mockRestore();
      expect(await brief()).toBe(
        'task, WORKING, step, artifactUpdate, artifactEnd, COMPLETED',
      );
      const events = await lab.events();
      expect(events.map(({ epoch }) => epoch)).toEqual([0, 1, 1, 1, 2, 2]);
    });

    it('apart from the one before it, whose steps are not its own', async () => {
      await lab.claimed();
      await lab.say('queued');
      const claim = { fence: { taskId: 't1', epoch: 1 }, expectedVersion: 2 };
      const step = (value: string) => ({
        id: value,
        body: { kind: 'step' as const, key: 'pay', value },
      });
      const { log } = lab.store;
      const ids = { taskId: 't1' };
      await log.append(
        {
          ...ids,
          ...claim,
          events: [step('of turn 1'), state('INPUT_REQUIRED')],
          then: 'endTurn',
        },
        SYSTEM_CONTEXT,
      );
      // The second turn is begun by somebody who dies, and taken over.
      await lab.claim('dead');
      await lab.clock.advance(LEASE_MS);
      let paid: unknown;
      start('b', async (context) => {
        paid = await context.once('pay', () => 'of turn 2');
        await context.complete();
      });
      await lab.clock.advance(0);
      expect(paid).toBe('of turn 2');
    });

    it('that it takes over while the store is not there for a moment', async () => {
      await lab.emit(await lab.claimed(), [
        { id: 'step', body: { kind: 'step', key: 'pay', value: 'before' } },
      ]);
      await lab.clock.advance(LEASE_MS);
      let failures = 0;
      let paid: unknown;
      start(
        'b',
        async (context) => {
          paid = await context.once('pay', () => 'again');
          await context.complete();
        },
        {
          log: {
            read: async (...args) => {
              if (failures === 0) {
                failures += 1;
                throw new StoreError('UNAVAILABLE', 'down');
              }
              return lab.store.log.read(...args);
            },
          },
        },
      );
      await lab.clock.advance(1_000);
      expect([failures, paid]).toEqual([1, 'before']);
      expect(await brief()).toBe('task, step, WORKING, COMPLETED');
    });

    it('that it cannot read on no longer than it may run it', async () => {
      await lab.claimed();
      await lab.clock.advance(LEASE_MS);
      const read = async () => {
        throw new StoreError('UNAVAILABLE', 'down');
      };
      const runner = start('b', hang, { log: { read } });
      await lab.clock.advance(1_000);
      expect(runner.running).toBe(1);
      const drained = runner.drain(Promise.resolve());
      await lab.clock.advance(1_000);
      await drained;
      expect(runner.running).toBe(0);
      const next = await lab.claim('c');
      expect(next).toMatchObject({ attempt: 2, fence: { epoch: 3 } });
    });

    it('of its own after it could do nothing for longer than a lease', async () => {
      const contexts: TaskContext[] = [];
      const end = later();
      await lab.create();
      start('a', async (context) => {
        contexts.push(context);
        await end.done;
        await context.complete();
      });
      await lab.clock.advance(500);
      lab.clock.leap(2 * LEASE_MS);
      // The next look for work comes before the next renewal.
      await lab.clock.advance(1_000);
      expect(contexts).toHaveLength(1);
      expect(contexts[0]?.signal.aborted).toBe(false);
      end.now();
      await lab.clock.advance(0);
      expect(await brief()).toBe('task, WORKING, COMPLETED');
    });

    it('no longer than its task is there, also where the worker writes nothing', async () => {
      let signal: AbortSignal | undefined;
      await lab.create();
      const runner = start('a', (context) => {
        signal = context.signal;
        return hang();
      });
      await lab.clock.advance(0);
      await lab.store.log.delete('t1', SYSTEM_CONTEXT);
      await lab.clock.advance(OPTIONS.turn.heartbeatMs);
      expect(signal?.reason).toMatchObject({ code: 'TURN_LOST' });
      expect(runner.running).toBe(0);
    });

    it('once only where it has taken over from itself all the same', async () => {
      const contexts: TaskContext[] = [];
      await lab.create();
      let isDeaf = false;
      start(
        'a',
        (context) => {
          contexts.push(context);
          return hang();
        },
        {
          work: {
            // A store that answers renewals without doing anything.
            renew: async ({ fences, leaseMs }) =>
              isDeaf
                ? fences.map(({ taskId }) => ({
                    taskId,
                    isHeld: true,
                    isCancelRequested: false,
                  }))
                : lab.store.work.renew({ fences, leaseMs }),
          },
        },
      );
      await lab.clock.advance(500);
      isDeaf = true;
      await lab.clock.advance(LEASE_MS);
      isDeaf = false;
      expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 2]);
      expect(contexts[0]?.signal.reason).toMatchObject({ code: 'TURN_LOST' });
      expect(contexts[1]?.signal.aborted).toBe(false);
      await lab.clock.advance(2 * LEASE_MS);
      expect(contexts).toHaveLength(2);
    });
  });
});
