import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PushNotificationService } from '@nest-a2a/server';
import { postgres } from '@nest-a2a/postgres';
import { sqlite } from '@nest-a2a/sqlite';
import { type FailpointName, WebhookSink } from '@nest-a2a/testing';
import { DeliveryRecorder } from '../support/delivery-recorder.js';
import { Gate } from '../support/gate.js';
import {
  type DurableStore,
  MortalAgent,
  type MortalSettings,
} from '../support/mortal-agent.js';
import { DURABLE_PUSH } from '../support/shared-runtime.js';
import { STORE } from '../support/store-kind.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';
import { headersOf, heldBy } from '../support/webhook-answers.js';

/** A claim of somebody who is dead is over after this and ten seconds. */
const DEADLINE_MS = 1_000;
const LEASE_MS = DEADLINE_MS + 10_000;
const PATIENCE_MS = 120_000;

const PUSH = {
  ...DURABLE_PUSH,
  deadlineMs: DEADLINE_MS,
  // Milliseconds: these stores have the time of this machine.
  scheduleMs: [0, ...Array<number>(200).fill(50)],
  breaker: false as const,
};

// What is in memory dies with its process: there it is a file.
describe(`webhooks of a process that dies, on ${STORE === 'postgres' ? STORE : 'sqlite'}`, () => {
  let folder: string;
  let store: DurableStore;
  let sink: WebhookSink;
  let mortal: MortalAgent;
  let heir: TestAgent | undefined;

  jest.setTimeout(PATIENCE_MS);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-push-crash-'));
    store = newStore();
    sink = await WebhookSink.open();
  });
  afterEach(async () => {
    await mortal.end();
    await heir?.close();
    heir = undefined;
    await sink.close();
    rmSync(folder, { recursive: true });
  });

  function newStore(): DurableStore {
    if (STORE !== 'postgres') return { file: join(folder, 'tasks.db') };
    const { TEST_RUNTIME_URL: url = '', TEST_RUNTIME_PREFIX: prefix = '' } =
      process.env;
    return { url, schema: `${prefix}${randomUUID()}` };
  }

  const startMortal = async (settings: Partial<MortalSettings> = {}) => {
    mortal = await MortalAgent.start({ store, push: PUSH, ...settings });
  };
  /** Another process on the same store. */
  const startHeir = async () => {
    const runtime =
      'file' in store
        ? sqlite(store)
        : postgres({ ...store, onWarning: () => undefined });
    heir = await startAgent({ options: { runtime, push: PUSH } });
    return {
      recorder: new DeliveryRecorder(heir.app),
      service: heir.app.get(PushNotificationService),
    };
  };
  /** Sequence and id of each request. */
  const sequences = () =>
    headersOf(sink.received, 'a2a-event-sequence').map(Number);
  const expectOneIdEach = () => {
    const ids = headersOf(sink.received, 'webhook-id');
    const distinct = new Set(sequences()).size;
    expect(new Set(ids).size).toBe(distinct);
    const bodies = sink.received.map(({ raw }) => raw);
    expect(new Set(bodies).size).toBe(distinct);
  };
  /** What the ledger has noted, the oldest first. */
  const noted = async (service: PushNotificationService, taskId: string) =>
    (await service.attempts({ taskId, limit: 99 }))
      .map(({ seq, attempt, outcome }) => [seq, attempt, outcome])
      .reverse();
  const EACH_ONCE = [
    [2, 1, 'delivered'],
    [3, 1, 'delivered'],
    [4, 1, 'delivered'],
  ];

  it.each<[string, FailpointName, number[]]>([
    ['before it sends', 'push.after_claim', [2, 3, 4]],
    ['before it notes the answer', 'push.after_send', [2, 3, 3, 4]],
    ['after it has noted the answer', 'push.after_commit', [2, 3, 4]],
  ])(
    '%s, are gone on with: no event is lost, one is sent again at most, under its id (D15)',
    async (_when, point, expected) => {
      const failpoint = { id: 'a', point, action: 'KILL', from: 3 } as const;
      await startMortal({ failpoint });
      const taskId = await mortal.send({ id: 'a', url: sink.url });
      expect(await mortal.ended).toBe('SIGKILL');
      const { service } = await startHeir();
      await sink.waitFor(expected.length);
      await until(async () => (await noted(service, taskId)).length === 3);
      expect(sequences()).toEqual(expected);
      expectOneIdEach();
      // It stands behind the last: each knows which was before.
      const previous = headersOf(sink.received, 'a2a-previous-sequence');
      expect([...new Set(previous)]).toEqual(['0', '2', '3']);
      expect(await noted(service, taskId)).toEqual(EACH_ONCE);
    },
  );

  it('while their receiver is down arrive when it is up: each in order, under one id, on one schedule (D1, D15)', async () => {
    const { port, url } = sink;
    const attempts = () => mortal.attempts.length;
    sink.answerNext(...Array<number>(99).fill(500));
    await startMortal();
    const taskId = await mortal.send({ id: 'a', url });
    await sink.waitFor(2);
    await sink.close();
    const [before] = sink.received;
    await until(() => attempts() >= 5, 'attempts in vain');
    mortal.signal('SIGKILL');
    await mortal.ended;
    const { recorder, service } = await startHeir();
    await recorder.waitFor(3);
    sink = await WebhookSink.open('127.0.0.1', port);
    await until(
      async () => (await noted(service, taskId)).at(-1)?.[0] === 4,
      'the end of the task',
    );
    expect([...new Set(sequences())]).toEqual([2, 3, 4]);
    expectOneIdEach();
    const [first] = sink.received;
    expect(first?.headers['webhook-id']).toBe(before?.headers['webhook-id']);
    expect(first?.raw).toBe(before?.raw);
    const tries = (await noted(service, taskId)).filter(([seq]) => seq === 2);
    // None was counted twice, and none was forgotten.
    expect(tries.map(([, attempt]) => attempt)).toEqual(
      tries.map((_one, index) => index + 1),
    );
    expect(tries.length).toBeGreaterThan(attempts());
    expect(recorder.attempts.map(({ outcome }) => outcome)).toContain('failed');
  });

  it('that was frozen while it sent, for longer than its claim, are sent once more at most, and what it says afterwards does not count (D16)', async () => {
    const gate = new Gate();
    sink.answerNext(heldBy(gate));
    await startMortal();
    const taskId = await mortal.send({ id: 'a', url: sink.url });
    await sink.waitFor(1);
    mortal.signal('SIGSTOP');
    gate.open();
    const isAlone = 'file' in store;
    const taker = isAlone ? await endOfClaim() : await takeOver(taskId);
    mortal.signal('SIGCONT');
    await until(() => sequences().at(-1) === 4, 'the end of the task');
    // It is through with all that it had begun.
    await mortal.close();
    const { service } = taker ?? (await startHeir());
    expectOneIdEach();
    const attempts = await noted(service, taskId);
    if (isAlone) {
      // It has found the answer or its deadline first.
      expect([...new Set(sequences())]).toEqual([2, 3, 4]);
      expect(sequences().length).toBeLessThanOrEqual(4);
    } else {
      expect(sequences()).toEqual([2, 2, 3, 4]);
      expect(attempts).toEqual(EACH_ONCE);
    }
    const taken = attempts.filter(([, , outcome]) => outcome === 'delivered');
    expect(taken.map(([seq]) => seq)).toEqual([2, 3, 4]);
  });

  async function endOfClaim(): Promise<undefined> {
    const end = Date.now() + LEASE_MS;
    await until(() => Date.now() > end, 'the end of a claim', PATIENCE_MS);
  }

  /** Another process sends the rest once the claim is over; a file belongs to one process. */
  async function takeOver(taskId: string) {
    const other = await startHeir();
    const isDone = async () =>
      (await noted(other.service, taskId)).length === 3;
    await until(isDone, 'a claim that is over', PATIENCE_MS);
    return other;
  }
});
