import {
  type Claim,
  type NewEvent,
  StoreError,
  SYSTEM_CONTEXT,
  type TaskLog,
} from '@nest-a2a/store';
import { newEvent } from '../tasks/new-events.js';
import {
  type Faults,
  IDS,
  LEASE_MS,
  state,
  TurnLab,
} from '../../test/turn-lab.js';
import { TurnLog } from './turn-log.js';
import { type TurnError } from './turn.errors.js';

const unavailable = () => new StoreError('UNAVAILABLE', 'gone for a moment');

/** What a promise is rejected with. */
const failureOf = (work: Promise<unknown>): Promise<any> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('TurnLog', () => {
  let lab: TurnLab;
  let lost: TurnError[];

  beforeEach(() => {
    lab = new TurnLab();
    lost = [];
  });

  afterEach(() => {
    expect(lab.clock.pendingTimers).toBe(0);
  });

  const open = (claim: Claim, faults: Faults = {}): TurnLog => {
    const store = lab.faulty(faults);
    const ports = { store, clock: lab.clock, journal: lab.journal(store) };
    return new TurnLog(claim, ports, (error) => lost.push(error));
  };

  /** An `append` that goes through the faults first, one for each call. */
  const failing = (
    ...faults: ((
      commit: () => ReturnType<TaskLog['append']>,
    ) => ReturnType<TaskLog['append']>)[]
  ): Faults => ({
    log: {
      append: (...args) => {
        const commit = () => lab.store.log.append(...args);
        return (faults.shift() ?? ((real) => real()))(commit);
      },
    },
  });

  const isDown = () => Promise.reject(unavailable());
  const loseAnswer = async (commit: () => Promise<unknown>) => {
    await commit();
    throw unavailable();
  };

  it('resolves when the events are in the log', async () => {
    const log = open(await lab.claimed());
    await log.append([state('WORKING'), state('WORKING', 'a')]);
    expect(await lab.brief()).toEqual(['task', 'WORKING', 'WORKING a']);
    expect(log.state).toBe('TASK_STATE_WORKING');
  });

  it('writes what nobody awaits in order, all that has gathered in one commit', async () => {
    const sizes: number[] = [];
    const log = open(await lab.claimed(), {
      log: {
        append: (command, context) => {
          sizes.push(command.events.length);
          return lab.store.log.append(command, context);
        },
      },
    });
    const texts = Array.from({ length: 600 }, (_, index) => String(index));
    await Promise.all(
      texts.map((text) => log.append([state('WORKING', text)])),
    );
    expect(await lab.brief()).toEqual([
      'task',
      ...texts.map((text) => `WORKING ${text}`),
    ]);
    expect(sizes).toEqual([1, 256, 256, 87]);
  });

  it('goes on when a caller has written in between: that is no conflict for the owner', async () => {
    const log = open(await lab.claimed());
    await log.append([state('WORKING', 'a')]);
    await lab.say('one more');
    await log.append([state('WORKING', 'b')]);
    expect(await lab.brief()).toEqual([
      'task',
      'WORKING a',
      'message',
      'WORKING b',
    ]);
  });

  it('ends the turn together with its last event', async () => {
    const log = open(await lab.claimed());
    await lab.say('waits for its turn');
    await log.append([state('INPUT_REQUIRED')], { endsTurn: true });
    const next = await lab.claim('another');
    expect(next?.turn.seq).toBe(2);
    expect(lost).toEqual([]);
  });

  it('waits while the store is not there, and writes once', async () => {
    const log = open(await lab.claimed(), failing(isDown, isDown, isDown));
    const written = log.append([state('WORKING', 'a')]);
    const next = log.append([state('WORKING', 'b')]);
    await lab.clock.advance(749);
    expect(await lab.brief()).toEqual(['task']);
    await lab.clock.advance(1);
    await Promise.all([written, next]);
    expect(await lab.brief()).toEqual(['task', 'WORKING a', 'WORKING b']);
  });

  it.each<[string, NewEvent, boolean]>([
    ['progress', state('WORKING', 'a'), false],
    ['the end of the task', state('COMPLETED'), true],
    ['the end of the turn', state('INPUT_REQUIRED'), true],
  ])(
    'writes %s once where the answer to its commit was lost',
    async (_what, event, endsTurn) => {
      const log = open(await lab.claimed(), failing(loseAnswer));
      const written = log.append([event], { endsTurn });
      await lab.clock.advance(250);
      await written;
      expect(await lab.events()).toHaveLength(2);
      expect(lost).toEqual([]);
    },
  );

  it('writes once where the answer was lost and a caller has written since', async () => {
    const log = open(await lab.claimed(), failing(loseAnswer));
    const written = log.append([state('WORKING', 'a')]);
    await lab.say('in between');
    await lab.clock.advance(250);
    await written;
    await log.append([state('WORKING', 'b')]);
    expect(await lab.brief()).toEqual([
      'task',
      'WORKING a',
      'message',
      'WORKING b',
    ]);
  });

  it('waits also where the store goes while the log is read again', async () => {
    let reads = 0;
    const log = open(await lab.claimed(), {
      log: {
        read: (...args) => {
          reads += 1;
          return reads < 3
            ? Promise.reject(unavailable())
            : lab.store.log.read(...args);
        },
      },
    });
    await lab.say('in between');
    const written = log.append([state('WORKING', 'a')]);
    await lab.clock.advance(500);
    await written;
    expect(await lab.brief()).toEqual(['task', 'message', 'WORKING a']);
  });

  it('finds its events in a log that has grown by more than one read', async () => {
    const log = open(await lab.claimed(), failing(loseAnswer));
    const written = log.append([state('WORKING', 'a')]);
    for (let said = 0; said < 1_500; said++) await lab.say('more');
    await lab.clock.advance(250);
    await written;
    const texts = await lab.brief();
    expect(texts.filter((text) => text === 'WORKING a')).toHaveLength(1);
  });

  it('stops for good when another instance has taken over', async () => {
    const claim = await lab.claimed();
    const appended: string[] = [];
    const log = open(claim, {
      log: {
        append: (command, context) => {
          appended.push(...command.events.map(({ id }) => id));
          return lab.store.log.append(command, context);
        },
      },
    });
    await log.append([state('WORKING', 'a')]);
    await lab.clock.advance(LEASE_MS);
    await lab.claim('another');
    const first = await failureOf(log.append([state('WORKING', 'b')]));
    expect(first).toMatchObject({ code: 'TURN_LOST' });
    expect(first.cause).toMatchObject({ code: 'FENCE_LOST' });
    expect(
      await failureOf(log.append([state('COMPLETED')], { endsTurn: true })),
    ).toBe(first);
    expect(lost).toEqual([first]);
    expect(appended).toHaveLength(2);
    expect(await lab.brief()).toEqual(['task', 'WORKING a']);
  });

  it.each([
    ['has ended', 'TASK_FINISHED'],
    ['is gone', 'TASK_NOT_FOUND'],
  ])('stops for good when the task %s', async (_how, code) => {
    const log = open(await lab.claimed());
    if (code === 'TASK_FINISHED') {
      const events = [state('CANCELED')];
      await lab.store.work.fenceOut({ taskId: IDS.taskId, events });
    } else {
      await lab.store.log.delete(IDS.taskId, SYSTEM_CONTEXT);
    }
    const failure = await failureOf(log.append([state('WORKING')]));
    expect(failure).toMatchObject({ code: 'TURN_LOST', cause: { code } });
    expect(lost).toEqual([failure]);
  });

  it('rejects all that waits when it is closed', async () => {
    const log = open(await lab.claimed(), failing(isDown));
    const waiting = [
      log.append([state('WORKING')]),
      log.append([state('WORKING')]),
    ].map(failureOf);
    await lab.clock.advance(0);
    const reason = { code: 'TURN_HANDED_BACK' } as TurnError;
    log.close(reason);
    await lab.clock.advance(250);
    expect(await Promise.all(waiting)).toEqual([reason, reason]);
    expect(await failureOf(log.append([state('WORKING')]))).toBe(reason);
    expect(lost).toEqual([]);
    expect(await lab.brief()).toEqual(['task']);
  });

  it('rejects what waits for the store to be read when it is closed', async () => {
    const log = open(await lab.claimed(), {
      log: { read: () => Promise.reject(unavailable()) },
    });
    await lab.say('in between');
    const waiting = failureOf(log.append([state('WORKING')]));
    await lab.clock.advance(1_000);
    const reason = { code: 'TURN_HANDED_BACK' } as TurnError;
    log.close(reason);
    await lab.clock.advance(250);
    expect(await waiting).toBe(reason);
    expect(await lab.brief()).toEqual(['task', 'message']);
  });

  it('goes on after a commit that the store refuses, as if it had not been tried', async () => {
    const broken = new Error('cannot hold this');
    const log = open(
      await lab.claimed(),
      failing(() => Promise.reject(broken)),
    );
    const end = log.append([state('COMPLETED', 'too much')], {
      endsTurn: true,
    });
    expect(await failureOf(end)).toBe(broken);
    expect(log.state).toBe('TASK_STATE_SUBMITTED');
    await log.append([state('FAILED')], { endsTurn: true });
    expect(await lab.brief()).toEqual(['task', 'FAILED']);
  });

  it('refuses what no task can do', async () => {
    const log = open(await lab.claimed());
    await log.append([state('COMPLETED')], { endsTurn: true });
    expect(() => log.append([state('WORKING')])).toThrow(TypeError);
  });

  it('refuses what is too far ahead and all that follows it, and has room for the end', async () => {
    const log = open(await lab.claimed());
    const emits = Array.from({ length: 1_500 }, (_, index) =>
      failureOf(log.append([state('WORKING', String(index))])),
    );
    expect(log.overflow).toMatchObject({ code: 'TOO_MANY_PENDING' });
    const end = log.append([state('FAILED')], { endsTurn: true });
    const failures = await Promise.all(emits);
    await end;
    const written = failures.filter((failure) => failure === undefined).length;
    expect(failures.slice(written)).toEqual(
      Array(1_500 - written).fill(log.overflow),
    );
    const texts = await lab.brief();
    expect(texts).toHaveLength(written + 2);
    expect(texts.at(-2)).toBe(`WORKING ${written - 1}`);
    expect(texts.at(-1)).toBe('FAILED');
    expect(await failureOf(log.append([state('WORKING')]))).toBe(log.overflow);
  });

  it('refuses a reply where the task was announced in the meantime', async () => {
    const log = open(await lab.claimed({ isAnnounced: false }));
    const announce = newEvent({ kind: 'announce' });
    const command = {
      taskId: IDS.taskId,
      events: [announce],
      expectedVersion: 1,
    };
    await lab.store.log.append(command, SYSTEM_CONTEXT);
    const message = {
      messageId: 'm',
      role: 'ROLE_AGENT' as const,
      parts: [{ text: 'x' }],
    };
    const reply = [newEvent({ kind: 'reply', message })];
    const failure = await failureOf(log.append(reply, { endsTurn: true }));
    expect(failure).toMatchObject({ code: 'REPLY_NOT_ALLOWED' });
    await log.append([state('COMPLETED')], { endsTurn: true });
    expect(await lab.brief()).toEqual(['task', 'announce', 'COMPLETED']);
  });
});
