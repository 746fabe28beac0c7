import { type TaskContext } from '@nest-a2a/server';
import { type Claim } from '@nest-a2a/store';
import { BINDINGS } from '../support/a2a-http.js';
import { InstanceLab, submit, taskOf } from '../support/instance-lab.js';
import { held } from '../support/internals.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { endings } from '../support/running-task.js';
import { StreamReader } from '../support/stream-reader.js';
import { type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const TASKS = 20;
const TOO_MANY =
  'The agent was interrupted too often while it processed the message.';
const GRACE_MS = 300;
/** The grace period, and time for a busy machine; less than what holds by default. */
const PATIENCE_MS = 15_000;
const hang = () => new Promise<void>(() => undefined);

describeWithPostgres('turns that another instance goes on with', () => {
  let lab: InstanceLab;

  beforeAll(async () => {
    lab = await InstanceLab.open();
  }, 60_000);

  afterEach(() => lab.endTest());

  afterAll(() => lab.stop());

  /** Tasks that say something on an instance and then never end. */
  async function busy(agent: TestAgent): Promise<string[]> {
    agent.worker.on('work', async (context) => {
      await context.emitText('begun;');
      await hang();
    });
    const ids = await Promise.all(
      Array.from({ length: TASKS }, () => submit(agent, 'work')),
    );
    await until(() => held(agent.app).turns === TASKS, 'the turns to begin');
    return ids;
  }

  /** Ends the tasks, and notes which attempt each is. */
  function finishing(attempts: Map<string, number>) {
    return async (context: TaskContext) => {
      attempts.set(context.taskId, context.attempt);
      await context.complete('ended');
    };
  }

  it('are handed back by one that shuts down under load, within its grace period, and none counts as an attempt', async () => {
    // What is handed back is due at once; what is not would be in ten minutes.
    const turn = { leaseMs: 600_000, heartbeatMs: 1_000 };
    const first = await lab.start({ turn, drainMs: GRACE_MS });
    const ids = await busy(first);
    const attempts = new Map<string, number>();
    const second = await lab.start({ turn });
    second.worker.on('work', finishing(attempts));
    const stream = await StreamReader.open(BINDINGS[1]!, second.url, {
      operation: 'SubscribeToTask',
      params: { id: ids[0] },
    });
    const begunAt = performance.now();
    await lab.close(first);
    const tookMs = performance.now() - begunAt;
    expect(tookMs).toBeGreaterThanOrEqual(GRACE_MS);
    expect(tookMs).toBeLessThan(PATIENCE_MS);
    const events = await stream.restInBrief();
    expect(events.at(-1)).toBe('COMPLETED');
    for (const id of ids) {
      const isDone = async () =>
        (await taskOf(second, id)).status.state === 'TASK_STATE_COMPLETED';
      await until(isDone, 'the second instance to end the task');
    }
    expect([...attempts.keys()].sort()).toEqual([...ids].sort());
    expect(new Set(attempts.values())).toEqual(new Set([1]));
    const task = await taskOf(second, ids[0]!);
    expect(task.artifacts.at(-1).parts).toEqual([{ text: 'ended' }]);
  });

  it('end where they run if that is within the grace period', async () => {
    const first = await lab.start({ drainMs: 20_000 });
    const gate = lab.newGate();
    first.worker.on('slow', async (context) => {
      await gate.pass();
      await context.complete(`attempt ${context.attempt}`);
    });
    const id = await submit(first, 'slow');
    await gate.reached;
    const closed = lab.close(first);
    gate.open();
    await closed;
    const other = await lab.start({ roles: ['api'] });
    const task = await taskOf(other, id);
    expect(task.status.state).toBe('TASK_STATE_COMPLETED');
    expect(task.artifacts[0].parts).toEqual([{ text: 'attempt 1' }]);
  });

  it('fail for good when three instances have died with them, with a text that does not change', async () => {
    const api = await lab.start({ roles: ['api'] });
    const id = await submit(api, 'doomed');
    const store = await lab.openStore();
    const attempts: number[] = [];
    for (let life = 1; life <= 3; life += 1) {
      const claims: Claim[] = [];
      const dies = async () => {
        const agents = ['default'];
        const owner = `dead ${life}`;
        claims.push(
          ...(await store.work.claim({ owner, agents, max: 1, leaseMs: 50 })),
        );
        return claims.length > 0;
      };
      await until(dies, `life ${life}`);
      attempts.push(claims[0]?.attempt ?? 0);
    }
    expect(attempts).toEqual([1, 2, 3]);
    let isAsked = false;
    const worker = await lab.start();
    worker.worker.on('doomed', () => {
      isAsked = true;
    });
    const hasEnded = async () => (await endings(store, id)).length > 0;
    await until(hasEnded, 'the task to fail');
    const { status } = await taskOf(api, id);
    expect(status.state).toBe('TASK_STATE_FAILED');
    expect(status.message.parts).toEqual([{ text: TOO_MANY }]);
    expect(isAsked).toBe(false);
  });

  it('count no attempt however long they take where their instance is well', async () => {
    const turn = { leaseMs: 1_000, heartbeatMs: 100, maxAttempts: 1 };
    const first = await lab.start({ turn });
    const second = await lab.start({ turn });
    const gate = lab.newGate();
    const begun: number[] = [];
    for (const { worker } of [first, second]) {
      worker.on('long', async (context) => {
        begun.push(context.attempt);
        await gate.pass();
        await context.complete();
      });
    }
    const id = await submit(first, 'long');
    await gate.reached;
    const leases = new Set<number>();
    const isLong = async () => {
      const [row] = await lab.query('select due_at from $schema.task');
      leases.add(Number(row.due_at));
      return Math.max(...leases) - Math.min(...leases) > 3 * turn.leaseMs;
    };
    await until(isLong, 'three leases to pass');
    gate.open();
    const isDone = async () =>
      (await taskOf(second, id)).status.state === 'TASK_STATE_COMPLETED';
    await until(isDone, 'the task to end');
    expect(begun).toEqual([1]);
  });
});
