import { getEventListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import {
  MemoryTaskStore,
  MemoryWakeBus,
  StoreError,
  SYSTEM_CONTEXT,
  type TaskLog,
  type TaskStore,
  type WakeBus,
} from '@nest-a2a/store';
import { FakeClock, withMethods } from '@nest-a2a/testing';
import { LogWatcher } from './log-watcher.service.js';
import { newEvent, statusEvent } from './new-events.js';

const SCOPE = { agent: 'a', tenant: '', principal: '' };
const DEAF: WakeBus = {
  pollMs: 1_000,
  ring: () => undefined,
  on: () => () => undefined,
};

describe('LogWatcher', () => {
  let clock: FakeClock;
  let store: MemoryTaskStore;
  let bus: MemoryWakeBus;
  let watcher: LogWatcher;
  const stop = new AbortController();

  beforeAll(() => Logger.overrideLogger(false));

  beforeEach(() => {
    clock = new FakeClock();
    store = new MemoryTaskStore(clock);
    bus = new MemoryWakeBus();
  });

  afterEach(async () => {
    await watcher.beforeApplicationShutdown();
    expect(clock.pendingTimers).toBe(0);
    expect(watcher.size).toBe(0);
    expect(bus.size).toBe(0);
  });

  function start(wake: WakeBus = bus, log: Partial<TaskLog> = {}): void {
    const changed = withMethods<TaskStore>(store, {
      log: withMethods(store.log, log),
    });
    const runtime = { store: changed, wake, close: async () => undefined };
    watcher = new LogWatcher(runtime, clock);
    watcher.onApplicationBootstrap();
  }

  async function create(taskId: string): Promise<void> {
    const status = { state: 'TASK_STATE_SUBMITTED' as const };
    const task = { id: taskId, contextId: 'c', status };
    await store.log.create(
      {
        scope: SCOPE,
        taskId,
        contextId: 'c',
        events: [newEvent({ kind: 'task', task, turn: {} })],
        isAnnounced: true,
      },
      SYSTEM_CONTEXT,
    );
  }

  async function emit(taskId: string): Promise<void> {
    const record = await store.log.load(taskId, {}, SYSTEM_CONTEXT);
    const ids = { taskId, contextId: 'c' };
    const event = statusEvent(ids, { state: 'TASK_STATE_WORKING', at: 0 });
    const expectedVersion = record?.version ?? 0;
    await store.log.append(
      { taskId, events: [event], expectedVersion },
      SYSTEM_CONTEXT,
    );
  }

  /** Whether a wait is over, once promises have settled. */
  function waiting(wait: Promise<void>): { isOver: boolean } {
    const seen = { isOver: false };
    void wait.then(() => (seen.isOver = true));
    return seen;
  }

  it('wakes a reader on a hint, at once', async () => {
    start();
    const watch = watcher.watch('t1', stop.signal);
    const wait = waiting(watch.next(0));
    await clock.advance(0);
    expect(wait.isOver).toBe(false);
    bus.ring(['task:t2']);
    await clock.advance(0);
    expect(wait.isOver).toBe(false);
    bus.ring(['task:t1']);
    await clock.advance(0);
    expect(wait.isOver).toBe(true);
    watch.close();
  });

  it('forgets no hint that comes while the reader reads', async () => {
    start();
    const watch = watcher.watch('t1', stop.signal);
    bus.ring(['task:t1']);
    await clock.advance(0);
    await watch.next(0);
    const again = waiting(watch.next(1));
    await clock.advance(0);
    expect(again.isOver).toBe(false);
    watch.close();
  });

  it('costs one poll where every hint is lost, and says nothing where nothing has happened', async () => {
    await create('t1');
    start(DEAF);
    await clock.advance(0);
    const watch = watcher.watch('t1', stop.signal);
    const wait = waiting(watch.next(1));
    await clock.advance(5_000);
    expect(wait.isOver).toBe(false);
    await emit('t1');
    await clock.advance(999);
    expect(wait.isOver).toBe(false);
    await clock.advance(1);
    expect(wait.isOver).toBe(true);
    watch.close();
  });

  it('asks the store once a poll for all tasks and readers, and not at all without any', async () => {
    const asked: (readonly string[])[] = [];
    start(DEAF, {
      versions: (ids, context) => {
        asked.push(ids);
        return store.log.versions(ids, context);
      },
    });
    await clock.advance(3_000);
    expect(asked).toEqual([]);
    const tasks = Array.from({ length: 100 }, (_, index) => `t${index}`);
    await Promise.all(tasks.map(create));
    const watches = [...tasks, ...tasks].map((id) =>
      watcher.watch(id, new AbortController().signal),
    );
    watches.forEach((watch) => void watch.next(1));
    await clock.advance(3_000);
    expect(asked).toEqual([tasks, tasks, tasks]);
    watches.forEach((watch) => watch.close());
  });

  it('wakes the readers of a task that is gone', async () => {
    await create('t1');
    start(DEAF);
    const watch = watcher.watch('t1', stop.signal);
    const wait = waiting(watch.next(1));
    await store.log.delete('t1', SYSTEM_CONTEXT);
    await clock.advance(1_000);
    expect(wait.isOver).toBe(true);
    watch.close();
  });

  it('wakes a reader whose signal aborts, and only that one', async () => {
    start();
    const abort = new AbortController();
    const mine = watcher.watch('t1', abort.signal);
    const other = watcher.watch('t1', stop.signal);
    const [one, two] = [waiting(mine.next(0)), waiting(other.next(0))];
    abort.abort();
    await clock.advance(0);
    expect([one.isOver, two.isOver]).toEqual([true, false]);
    mine.close();
    expect(watcher.size).toBe(1);
    other.close();
  });

  it('lets go of a task with its last reader, however often it closes', async () => {
    start();
    const [one, two] = [
      watcher.watch('t1', stop.signal),
      watcher.watch('t1', stop.signal),
    ];
    one.close();
    one.close();
    expect(watcher.size).toBe(1);
    expect(bus.size).toBe(1);
    two.close();
    expect(watcher.size).toBe(0);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('goes on after the store was not there', async () => {
    await create('t1');
    let isDown = true;
    start(DEAF, {
      versions: async (ids, context) => {
        if (isDown) throw new StoreError('UNAVAILABLE', 'down');
        return store.log.versions(ids, context);
      },
    });
    const watch = watcher.watch('t1', stop.signal);
    const wait = waiting(watch.next(0));
    await clock.advance(3_000);
    expect(wait.isOver).toBe(false);
    isDown = false;
    await clock.advance(1_000);
    expect(wait.isOver).toBe(true);
    watch.close();
  });
});
