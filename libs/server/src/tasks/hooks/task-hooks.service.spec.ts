import { type StoredEvent } from '@nest-a2a/store';
import { FakeClock } from '@nest-a2a/testing';
import { Logger } from '@nestjs/common';
import { firstValueFrom, skip, Subject } from 'rxjs';
import { CapturedLog } from '../../../test/push-bench.js';
import { TurnLab } from '../../../test/turn-lab.js';
import { type CommittedEvent } from '../task-journal.service.js';
import { TaskHooks } from './task-hooks.service.js';

const NEVER = new Promise<void>(() => undefined);

/** A status update, which is all that hooks look at. */
const event = (seq: number) =>
  ({
    seq,
    body: {
      kind: 'statusUpdate',
      statusUpdate: { status: { state: 'TASK_STATE_WORKING' } },
    },
  }) as StoredEvent;

describe('TaskHooks', () => {
  let log: CapturedLog;
  let committed: Subject<CommittedEvent>;
  let called: number;

  beforeEach(() => {
    log = new CapturedLog();
    committed = new Subject();
    called = 0;
  });
  afterAll(() => Logger.overrideLogger(true));

  const hooksThat = async (
    ...calls: (() => Promise<void>)[]
  ): Promise<TaskHooks> => {
    const lab = new TurnLab();
    await lab.create();
    const { store, wake } = lab;
    const hooks = new TaskHooks(
      { store, wake, close: async () => undefined },
      new FakeClock(),
      { events$: committed },
      {
        explore: () =>
          calls.map((call) => ({
            name: 'Listener.onWorking',
            metadata: { kinds: ['working'] } as never,
            call: () => {
              called += 1;
              return call();
            },
          })),
      },
      { names: ['default'] },
    );
    hooks.onApplicationBootstrap();
    return hooks;
  };

  it('leave calls out where too many wait, and say so once a minute', async () => {
    const hooks = await hooksThat(() => NEVER);
    for (let seq = 1; seq <= 1_020; seq += 1) {
      committed.next({ taskId: 't1', event: event(seq) });
    }
    const alarms = log.lines.filter((line) => /too many calls/.test(line));
    expect(alarms).toEqual([
      expect.stringMatching(
        /Listener\.onWorking is not told of task t1, event 1017/,
      ),
    ]);
    await hooks.stop(Promise.resolve());
    expect(log.lines.at(-1)).toMatch(/not over in time: 1016/);
    expect(called).toBeLessThanOrEqual(16);
  });

  it('tell a method also while all calls of another hang', async () => {
    const told = new Subject<void>();
    const last = firstValueFrom(told.pipe(skip(19)));
    const hooks = await hooksThat(
      () => NEVER,
      async () => told.next(),
    );
    for (let seq = 1; seq <= 20; seq += 1) {
      committed.next({ taskId: 't1', event: event(seq) });
    }
    await last;
    await hooks.stop(Promise.resolve());
    expect(log.lines.at(-1)).toMatch(/not over in time: 20/);
  });

  it('tell nobody once they have stopped', async () => {
    const hooks = await hooksThat(async () => undefined);
    committed.next({ taskId: 't1', event: event(1) });
    await hooks.stop(NEVER);
    committed.next({ taskId: 't1', event: event(2) });
    expect(called).toBe(1);
    expect(committed.observed).toBe(false);
  });
});
