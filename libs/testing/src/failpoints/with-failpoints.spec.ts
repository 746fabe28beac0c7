import {
  isStoreError,
  memory,
  type OpenRuntime,
  SYSTEM_CONTEXT,
  systemClock,
} from '@nest-a2a/store';
import { type FailpointName } from './failpoint.js';
import { Failpoints } from './failpoints.js';
import { withFailpoints } from './with-failpoints.js';

const TASK = { taskId: 'task-1', contextId: 'talk' };
const SCOPE = { agent: 'reports', tenant: '', principal: '' };
const LEASE = { owner: 'one', leaseMs: 60_000 };
const CONFIG = {
  id: 'hook',
  protocolVersion: '1.0' as const,
  select: 'updates' as const,
  origin: 'https://hooks.example',
  sealed: Uint8Array.of(1),
};

let eventNumber = 0;
const nextId = () => `event-${++eventNumber}`;

const status = (state: 'WORKING' | 'COMPLETED' | 'CANCELED') => ({
  id: nextId(),
  body: {
    kind: 'statusUpdate' as const,
    statusUpdate: {
      ...TASK,
      status: { state: `TASK_STATE_${state}` as const },
    },
  },
});

const firstEvent = () => ({
  id: nextId(),
  body: {
    kind: 'task' as const,
    task: {
      id: TASK.taskId,
      contextId: TASK.contextId,
      status: { state: 'TASK_STATE_SUBMITTED' as const },
    },
    turn: {},
  },
});

/** A store in memory with failpoints. */
async function open() {
  const failpoints = new Failpoints();
  const runtime = withFailpoints(memory(), failpoints);
  const { store } = await runtime.open({ clock: systemClock });
  return { store, failpoints };
}

type Store = OpenRuntime['store'];

const create = ({ log }: Store) =>
  log.create(
    {
      ...TASK,
      scope: SCOPE,
      isAnnounced: true,
      events: [firstEvent()],
      claim: LEASE,
      push: { config: CONFIG, maxPerTask: 10 },
    },
    SYSTEM_CONTEXT,
  );

const append = (
  { log }: Store,
  expectedVersion: number,
  state: 'WORKING' | 'COMPLETED',
) =>
  log.append(
    { taskId: TASK.taskId, events: [status(state)], expectedVersion },
    SYSTEM_CONTEXT,
  );

const versionOf = async ({ log }: Store) =>
  (await log.versions([TASK.taskId], SYSTEM_CONTEXT)).get(TASK.taskId)?.version;

const failsAt = async (call: Promise<unknown>) => {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  return isStoreError(error, 'UNAVAILABLE');
};

describe('withFailpoints', () => {
  let store: Store;
  let failpoints: Failpoints;

  const arm = (point: FailpointName, target: string = TASK.contextId) =>
    failpoints.arm({ id: point, point, action: 'ERROR', target });

  beforeEach(async () => {
    ({ store, failpoints } = await open());
  });

  it('fails before a task is created, and nothing is there', async () => {
    arm('create.before_tx');
    expect(await failsAt(create(store))).toBe(true);
    expect(await versionOf(store)).toBeUndefined();
  });

  it('fails after a task was created, and it is there', async () => {
    arm('create.after_commit');
    expect(await failsAt(create(store))).toBe(true);
    expect(await versionOf(store)).toBe(1);
  });

  it('fails before and after an append', async () => {
    await create(store);
    arm('append.before_tx');
    expect(await failsAt(append(store, 1, 'WORKING'))).toBe(true);
    expect(await versionOf(store)).toBe(1);
    arm('append.after_commit');
    expect(await failsAt(append(store, 1, 'WORKING'))).toBe(true);
    expect(await versionOf(store)).toBe(2);
  });

  it('knows which append ends the task', async () => {
    await create(store);
    failpoints.arm({
      id: 'end',
      point: 'append.after_commit',
      action: 'ERROR',
      terminal: true,
    });
    await append(store, 1, 'WORKING');
    expect(await failsAt(append(store, 2, 'COMPLETED'))).toBe(true);
  });

  it('knows how far the task is', async () => {
    await create(store);
    failpoints.arm({
      id: 'later',
      point: 'append.before_tx',
      action: 'ERROR',
      from: 2,
    });
    await append(store, 1, 'WORKING');
    expect(await failsAt(append(store, 2, 'WORKING'))).toBe(true);
  });

  it.each<[FailpointName, (store: Store) => Promise<unknown>]>([
    ['renew.before', ({ work }) => work.renew({ fences: [FENCE], leaseMs: 9 })],
    [
      'cancel.after_flag',
      ({ work }) => work.requestCancel(TASK.taskId, SYSTEM_CONTEXT),
    ],
    ['drain.after_release', ({ work }) => work.release(FENCE)],
    [
      'fenceout.after_commit',
      ({ work }) =>
        work.fenceOut({ taskId: TASK.taskId, events: [status('CANCELED')] }),
    ],
    [
      'sse.after_snapshot',
      ({ log }) => log.load(TASK.taskId, {}, SYSTEM_CONTEXT),
    ],
  ])('fails at %s', async (point, call) => {
    await create(store);
    arm(point);
    expect(await failsAt(call(store))).toBe(true);
  });

  it('fails after a claim, and the turn is claimed', async () => {
    await create(store);
    await store.work.release(FENCE);
    arm('claim.after_commit');
    const claim = () =>
      store.work.claim({ ...LEASE, agents: [SCOPE.agent], max: 1 });
    // The store was asked before it is known what is claimed.
    expect(await failsAt(claim())).toBe(true);
    expect(await claim()).toEqual([]);
  });

  it('fails before and after the value of a conversation is stored', async () => {
    await create(store);
    const put = (expectedVersion: number) =>
      store.contexts.put(SCOPE, {
        contextId: TASK.contextId,
        value: 'stored',
        expectedVersion,
        fence: FENCE,
      });
    const stored = () => store.contexts.load(SCOPE, TASK.contextId);
    arm('context.before_tx');
    expect(await failsAt(put(0))).toBe(true);
    expect(await stored()).toBeUndefined();
    arm('context.after_commit', TASK.taskId);
    expect(await failsAt(put(0))).toBe(true);
    expect((await stored())?.value).toBe('stored');
  });

  it('fails around the delivery of a webhook', async () => {
    await create(store);
    await append(store, 1, 'WORKING');
    const claimDue = () =>
      store.push.claimDue({
        owner: 'one',
        max: 1,
        perOrigin: 1,
        leaseMs: 9_000,
      });
    const [due] = await claimDue();
    const fence = due?.fence ?? { ...TASK, configId: '', epoch: 0 };
    arm('push.after_send', CONFIG.id);
    const attempt = {
      taskId: TASK.taskId,
      configId: CONFIG.id,
      seq: 2,
      attempt: 1,
      at: 0,
      durationMs: 1,
      outcome: 'delivered' as const,
    };
    const succeed = () => store.push.succeed(fence, { upTo: 2, attempt });
    expect(await failsAt(succeed())).toBe(true);
    arm('push.after_commit', CONFIG.id);
    expect(await failsAt(succeed())).toBe(true);
    await append(store, 2, 'WORKING');
    arm('push.after_claim', CONFIG.id);
    expect(await failsAt(claimDue())).toBe(true);
    expect(await claimDue()).toEqual([]);
  });
});

/** The lease of the first claim. */
const FENCE = { taskId: TASK.taskId, epoch: 1 };
