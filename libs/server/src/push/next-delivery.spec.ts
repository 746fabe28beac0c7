import { SYSTEM_CONTEXT, type TaskEvent } from '@nest-a2a/store';
import { Logger } from '@nestjs/common';
import {
  CapturedLog,
  chunk,
  PushBench,
  working,
} from '../../test/push-bench.js';
import { nextDelivery } from './next-delivery.js';

const STEP: TaskEvent = { kind: 'step', key: 'k', value: 1 };

describe('nextDelivery', () => {
  let bench: PushBench;
  let taskId: string;

  const completed = (): TaskEvent => ({
    kind: 'statusUpdate',
    statusUpdate: {
      taskId,
      contextId: 'c',
      status: { state: 'TASK_STATE_COMPLETED' },
    },
  });
  const add = async (...events: readonly TaskEvent[]) => {
    for (const [index, event] of events.entries()) {
      await bench.append(taskId, index + 1, event);
    }
  };
  /** The place of what is next, and whether it is the task. */
  const next = async (
    coalesce: boolean,
    config: { cursor?: number; protocolVersion?: '0.3' } = {},
  ) => {
    const { log, push } = bench.store;
    const stored = await push.get(taskId, 'a', SYSTEM_CONTEXT);
    const { upTo, delivery } = await nextDelivery(
      { ...stored!, ...config },
      log,
      { coalesce },
    );
    return delivery
      ? { seq: delivery.event.seq, isSnapshot: delivery.isSnapshot }
      : { upTo };
  };

  beforeEach(async () => {
    new CapturedLog();
    bench = new PushBench();
    taskId = await bench.addTask('http://127.0.0.1:9/', 0);
  });
  afterEach(() => bench.stop());
  afterAll(() => Logger.overrideLogger(true));

  it('is the first selected event, however many wait', async () => {
    await add(STEP, working(taskId), working(taskId), completed());
    expect(await next(false)).toEqual({ seq: 3, isSnapshot: false });
    expect(await next(false, { cursor: 3 })).toEqual({
      seq: 4,
      isSnapshot: false,
    });
  });

  it('is nothing where nothing is selected, and says how far it has looked', async () => {
    await add(STEP, STEP, chunk(taskId, 'x'));
    expect(await next(false)).toEqual({ upTo: 4 });
    expect(await next(true)).toEqual({ upTo: 4 });
  });

  describe('where one task may take the place of what waits', () => {
    it('is the event itself where only one waits', async () => {
      await add(working(taskId), STEP);
      expect(await next(true)).toEqual({ seq: 2, isSnapshot: false });
    });

    it('is the task after the last that waits', async () => {
      await add(working(taskId), STEP, working(taskId), STEP);
      expect(await next(true)).toEqual({ seq: 4, isSnapshot: true });
    });

    it('is the task before the end, then the end', async () => {
      await add(working(taskId), working(taskId), completed());
      expect(await next(true)).toEqual({ seq: 3, isSnapshot: true });
      expect(await next(true, { cursor: 3 })).toEqual({
        seq: 4,
        isSnapshot: false,
      });
    });

    it('is no task in place of one event', async () => {
      await add(working(taskId), completed());
      expect(await next(true)).toEqual({ seq: 2, isSnapshot: false });
    });

    it('is the last event in 0.3, which brings the task anyway', async () => {
      await add(working(taskId), working(taskId), completed());
      const config = { protocolVersion: '0.3' } as const;
      expect(await next(true, config)).toEqual({ seq: 4, isSnapshot: false });
    });
  });
});
