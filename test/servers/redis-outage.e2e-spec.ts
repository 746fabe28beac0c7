import { type TaskContext } from '@nest-a2a/server';
import { WebhookSink } from '@nest-a2a/testing';
import { httpJson, sendParams } from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import {
  describeWithRedisAndPostgres,
  type Instance,
  POLL_MS,
  RedisLab,
} from '../support/redis-lab.js';
import { StreamReader } from '../support/stream-reader.js';
import { until } from '../support/until.js';

describeWithRedisAndPostgres(
  'applications that wake each other over Redis',
  () => {
    const lab = new RedisLab();
    const sinks: WebhookSink[] = [];
    const gates: Gate[] = [];
    let front: Instance;
    let back: Instance;

    beforeAll(async () => {
      await lab.open();
      // One takes requests and the other does everything else: without hints they only poll.
      front = await lab.start(['api']);
      back = await lab.start(['api', 'worker', 'push']);
    }, 60_000);

    afterEach(async () => {
      gates.splice(0).forEach((gate) => gate.open());
      for (const sink of sinks.splice(0)) await sink.close();
    });

    afterAll(() => lab.close());

    const pollMs = (expected: number) =>
      until(() => [front, back].every(({ wake }) => wake.pollMs === expected));

    const newGate = () => {
      const gate = new Gate();
      gates.push(gate);
      return gate;
    };

    /** A task with a webhook that says ten steps, five of them after the gate, and its stream. */
    const begin = async (name: string) => {
      const gate = newGate();
      const sink = await WebhookSink.open();
      sinks.push(sink);
      back.agent.worker.on(name, async (context: TaskContext) => {
        for (let step = 1; step <= 10; step += 1) {
          if (step === 6) await gate.pass();
          await context.sendStatus(`step ${step}`);
        }
        await context.complete('done');
      });
      const stream = await StreamReader.open(httpJson, front.agent.url, {
        operation: 'SendStreamingMessage',
        params: sendParams(name, {
          configuration: { taskPushNotificationConfig: { url: sink.url } },
        }),
      });
      const { id } = await stream.task();
      await gate.reached;
      return { id, gate, sink, stream };
    };

    const textsOf = (events: readonly any[]) =>
      events.flatMap((event) => {
        const { statusUpdate } = event.data ?? event;
        const [part] = statusUpdate?.status.message?.parts ?? [];
        return part ? [part.text as string] : [];
      });

    const STEPS = Array.from({ length: 10 }, (_, index) => `step ${index + 1}`);

    it('lose nothing while Redis is away, and hear each other when it is back', async () => {
      expect(front.wake.pollMs).toBe(POLL_MS.heard);
      const running = await begin('running');
      await lab.redis.kill();
      await pollMs(POLL_MS.alone);

      // What was under way goes on: the stream on one, the turn and the webhook on the other.
      running.gate.open();
      const rest = await running.stream.rest();
      expect(textsOf(rest)).toEqual(STEPS);
      const delivered = await running.sink.waitFor(STEPS.length + 2);
      expect(textsOf(delivered.map(({ body }) => body))).toEqual(STEPS);

      // What begins meanwhile as well: a blocking send, and a cancellation across instances.
      const params = sendParams('hello');
      const sent = await httpJson.call(front.agent.url, 'SendMessage', params);
      expect(sent.body.task.status.state).toBe('TASK_STATE_COMPLETED');
      let isStopped = false;
      const cancelled = newGate();
      back.agent.worker.on('cancelled', async ({ signal }) => {
        signal.addEventListener('abort', () => (isStopped = true));
        await cancelled.pass();
      });
      const configuration = { returnImmediately: true };
      const { body } = await httpJson.call(
        front.agent.url,
        'SendMessage',
        sendParams('cancelled', { configuration }),
      );
      await cancelled.reached;
      const { id } = body.task;
      const cancelling = httpJson.call(front.agent.url, 'CancelTask', { id });
      await until(() => isStopped);
      cancelled.open();
      expect((await cancelling).body.status.state).toBe('TASK_STATE_CANCELED');

      // A task that Redis comes back in the middle of.
      const late = await begin('late');
      await lab.redis.start();
      await pollMs(POLL_MS.heard);
      late.gate.open();
      expect(textsOf(await late.stream.rest())).toEqual(STEPS);
      await late.sink.waitFor(STEPS.length + 2);

      let heard = 0;
      const stop = back.wake.on('push', () => (heard += 1));
      await until(() => {
        front.wake.ring(['push']);
        return heard > 0;
      });
      stop();
      for (const { warnings } of [front, back]) {
        expect(warnings.filter((text) => text.startsWith('Redis'))).toEqual([
          expect.stringContaining('does not pass on wake-ups'),
          'Redis passes on wake-ups again',
        ]);
      }
    });

    it('go on with a Redis that hangs', async () => {
      const running = await begin('hanging');
      lab.redis.freeze();
      running.gate.open();
      expect(textsOf(await running.stream.rest())).toEqual(STEPS);
      await running.sink.waitFor(STEPS.length + 2);
      lab.redis.thaw();
      await pollMs(POLL_MS.heard);
    });
  },
);
