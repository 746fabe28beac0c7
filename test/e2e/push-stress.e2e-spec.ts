import { type TaskContext } from '@nest-a2a/server';
import { isSelected, SYSTEM_CONTEXT, systemClock } from '@nest-a2a/store';
import {
  type ReceivedWebhook,
  type SinkAnswer,
  WebhookSink,
} from '@nest-a2a/testing';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { DeliveryRecorder } from '../support/delivery-recorder.js';
import { LogCollector } from '../support/log-collector.js';
import { SeededRandom } from '../support/seeded-random.js';
import { DURABLE_PUSH, SharedRuntime } from '../support/shared-runtime.js';
import { startAgent, type TestAgent } from '../support/test-agent.js';
import { reset } from '../support/webhook-answers.js';

const TASKS = 100;
const MAX_SLOW_MS = 30;

const PUSH = {
  ...DURABLE_PUSH,
  scheduleMs: Array.from({ length: 60 }, () => 5),
  perOrigin: 16,
  // Trouble of a moment, five times in a row here and there.
  breaker: { failures: 5, openMs: 10, maxOpenMs: 40 },
};

/** Answers of a receiver on a bad day. */
function badDay(random: SeededRandom): SinkAnswer {
  const kind = random.below(100);
  if (kind < 20) return 500;
  if (kind < 30) return reset;
  if (kind < 40) return 429;
  if (kind < 60) {
    const delayMs = random.below(MAX_SLOW_MS);
    return (response) =>
      void setTimeout(() => response.writeHead(200).end(), delayMs);
  }
  return 200;
}

/** A turn that says a number of things and ends in some way. */
async function talk(context: TaskContext, random: SeededRandom): Promise<void> {
  for (let left = random.below(6); left > 0; left -= 1) {
    const artifactId = random.pick(['a', 'b']);
    const lastChunk = random.chance(0.3);
    if (random.chance(0.5)) await context.sendStatus(`left: ${left}`);
    else await context.emitText('chunk', { artifactId, lastChunk });
  }
  const end = random.pick(['complete', 'fail', 'throw'] as const);
  if (end === 'throw') throw new Error('Part of the test');
  await context[end]('end');
}

/** What one webhook has received of one task: sequences in the order of arrival, each once. */
function distinct(received: readonly ReceivedWebhook[]): number[] {
  return [
    ...new Set(
      received.map(({ headers }) => Number(headers['a2a-event-sequence'])),
    ),
  ];
}

describe.each([1, 2])('webhooks of %d processes on a bad day', (processes) => {
  const seed = 20_260_101 + processes;
  const random = new SeededRandom(seed);
  const runtime = new SharedRuntime(systemClock);
  const agents: TestAgent[] = [];
  const recorders: DeliveryRecorder[] = [];
  const sinks: WebhookSink[] = [];
  const logs = new LogCollector();

  beforeAll(async () => {
    for (let count = 0; count < processes; count += 1) {
      const agent = await startAgent({
        options: { push: PUSH, runtime: runtime.instance() },
        before: (app) => app.useLogger(logs),
      });
      agent.worker.on('talk', (context) => talk(context, random));
      agents.push(agent);
      recorders.push(new DeliveryRecorder(agent.app));
    }
    for (let count = 0; count < 4; count += 1) {
      const sink = await WebhookSink.open();
      const answers = Array.from({ length: 3_000 }, () => badDay(random));
      sink.answerNext(...answers);
      sinks.push(sink);
    }
  });
  afterAll(async () => {
    for (const one of [...sinks, ...agents]) await one.close();
  });

  const delivered = () =>
    recorders
      .flatMap(({ attempts }) => attempts)
      .filter(({ outcome }) => outcome === 'delivered').length;

  it(`bring every update of ${TASKS} tasks, in order, and again only under the same id`, async () => {
    const tasks = new Map<string, { sink: WebhookSink; expected: number[] }>();
    const sending = Array.from({ length: TASKS }, async () => {
      const sink = random.pick(sinks);
      const config = { url: sink.url };
      const configuration = { taskPushNotificationConfig: config };
      const params = sendParams('talk', { configuration });
      const { url } = random.pick(agents);
      const answer = await jsonRpc.call(url, 'SendMessage', params);
      const taskId: string = jsonRpc.result(answer).task.id;
      const range = { after: 0, limit: 999 };
      const { log } = runtime.store;
      const events = await log.read(taskId, range, SYSTEM_CONTEXT);
      const expected = events
        .filter(({ body }) => isSelected('updates', body))
        .map(({ seq }) => seq);
      tasks.set(taskId, { sink, expected });
    });
    await Promise.all(sending);
    const total = [...tasks.values()].flatMap(({ expected }) => expected);
    while (delivered() < total.length) {
      await Promise.race(
        recorders.map((one) => one.waitFor(one.attempts.length + 1)),
      );
    }

    for (const [taskId, { sink, expected }] of tasks) {
      const received = sink.received.filter(({ raw }) => raw.includes(taskId));
      expect([seed, taskId, ...distinct(received)]).toEqual([
        seed,
        taskId,
        ...expected,
      ]);
      const sequences = received.map(({ headers }) =>
        Number(headers['a2a-event-sequence']),
      );
      // Nothing comes after what came later.
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      const events = received.map(({ headers, raw }) =>
        [
          headers['webhook-id'],
          headers['a2a-event-sequence'],
          headers['a2a-previous-sequence'],
          raw,
        ].join(' '),
      );
      expect(new Set(events).size).toBe(expected.length);
      const previous = new Set(
        received.map(({ headers }) => Number(headers['a2a-previous-sequence'])),
      );
      expect([...previous]).toEqual([0, ...expected.slice(0, -1)]);
    }
    const ids = sinks.flatMap(({ received }) =>
      received.map(({ headers }) => headers['webhook-id']),
    );
    expect(new Set(ids).size).toBe(total.length);
    // It was a bad day indeed.
    expect(ids.length).toBeGreaterThan(1.2 * total.length);
    expect(
      logs.lines.filter((line) => /is dead|is disabled/.test(line)),
    ).toEqual([]);
    expect(await runtime.store.push.nextDueAt()).toBeUndefined();
  });
});
