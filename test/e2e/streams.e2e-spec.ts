import { TaskService } from '@nest-a2a/server';
import {
  BINDINGS,
  httpJson,
  jsonRpc,
  sendParams,
} from '../support/a2a-http.js';
import { Gate } from '../support/gate.js';
import { held, internal } from '../support/internals.js';
import { type StreamCall, StreamReader } from '../support/stream-reader.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { until } from '../support/until.js';

const IDLE = { watchedTasks: 0, exchanges: 0, turns: 0 };

describe.each(PLATFORMS)('streams on %s', (platform) => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent({ platform });
  });

  afterEach(async () => {
    await until(
      () => JSON.stringify(held(agent.app)) === JSON.stringify(IDLE),
      'everything to be let go of',
    );
  });

  afterAll(() => agent.close());

  describe.each(BINDINGS)('over $name', (binding) => {
    const openStream = (
      operation: StreamCall['operation'],
      params: object,
      lastId?: string,
    ) =>
      StreamReader.open(binding, agent.url, {
        operation,
        params,
        ...(lastId !== undefined && { headers: { 'Last-Event-ID': lastId } }),
      });

    /** A stream whose worker says "one", waits at the gate, says "two" and completes. */
    async function halfway() {
      const gate = new Gate();
      agent.worker.on('halfway', async (context) => {
        await context.emitText('one');
        await gate.pass();
        await context.emitText(' two', { lastChunk: true });
        await context.complete();
      });
      const stream = await openStream(
        'SendStreamingMessage',
        sendParams('halfway'),
      );
      const { id } = await stream.task();
      await stream.until('artifact');
      return { gate, stream, id: id as string };
    }

    it('begins with the Task and closes after the terminal status (A2A §3.1.2)', async () => {
      const stream = await openStream('SendStreamingMessage', sendParams('hi'));
      const { headers } = stream.response;
      expect(headers['content-type']).toMatch(/^text\/event-stream\b/);
      expect(headers['cache-control']).toBe('no-cache, no-transform');
      expect(await stream.restInBrief()).toEqual([
        'task:SUBMITTED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
    });

    it('shows a second subscriber the same bytes under the same ids in the same order (A2A §3.5.2)', async () => {
      const { gate, stream, id } = await halfway();
      const second = await openStream('SubscribeToTask', { id });
      const third = await openStream('SubscribeToTask', { id });
      const snapshot = await second.next();
      expect(second.brief(snapshot)).toBe('task:WORKING');
      expect(binding.response(snapshot).task.artifacts[0].parts).toEqual([
        { text: 'one' },
      ]);
      await third.next();
      gate.open();
      const rest = await stream.rest();
      expect(rest.map((event) => stream.brief(event))).toEqual([
        'artifact',
        'COMPLETED',
      ]);
      expect(Number(rest[0]?.id)).toBe(Number(snapshot.id) + 1);
      expect(await second.rest()).toEqual(rest);
      expect(await third.rest()).toEqual(rest);
    });

    it('is not disturbed by a caller who goes away, and neither are the task and other streams', async () => {
      const { gate, stream, id } = await halfway();
      const other = await openStream('SubscribeToTask', { id });
      await other.next();
      expect(held(agent.app)).toEqual({
        watchedTasks: 1,
        exchanges: 2,
        turns: 1,
      });
      stream.disconnect();
      await until(() => held(agent.app).exchanges === 1, 'the exchange to end');
      gate.open();
      expect(await other.restInBrief()).toEqual(['artifact', 'COMPLETED']);
      const got = await binding.call(agent.url, 'GetTask', { id });
      expect(binding.result(got).status.state).toBe('TASK_STATE_COMPLETED');
    });

    it('lets go of everything when the only reader of a silent task goes away', async () => {
      const { gate, stream } = await halfway();
      stream.disconnect();
      await until(() => held(agent.app).watchedTasks === 0, 'the watch to end');
      expect(held(agent.app)).toEqual({
        watchedTasks: 0,
        exchanges: 0,
        turns: 1,
      });
      gate.open();
    });

    it('shows the same messages and times in a stream as in the task', async () => {
      agent.worker.on('progress', async (context) => {
        await context.sendStatus('first');
        await context.sendStatus('second');
        await context.fail('third');
      });
      const stream = await openStream(
        'SendStreamingMessage',
        sendParams('progress'),
      );
      const { id } = await stream.task();
      const statuses = (await stream.rest()).map(
        (event) => binding.response(event).statusUpdate.status,
      );
      const got = await binding.call(agent.url, 'GetTask', { id });
      const { history, status } = binding.result(got);
      const messages = statuses.flatMap(({ message }) => message ?? []);
      expect([...history.slice(1), status.message]).toEqual(messages);
      expect(status).toEqual(statuses.at(-1));
      const times = statuses.map(({ timestamp }) => Date.parse(timestamp));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    it('refuses to follow a task that has ended (A2A §3.1.6)', async () => {
      const sent = await binding.call(
        agent.url,
        'SendMessage',
        sendParams('hi'),
      );
      const { id } = binding.result(sent).task;
      const answer = await binding.call(agent.url, 'SubscribeToTask', { id });
      expect(binding.reason(answer)).toBe('UNSUPPORTED_OPERATION');
    });

    it('refuses to follow a task that is not there', async () => {
      const answer = await binding.call(agent.url, 'SubscribeToTask', {
        id: 'none',
      });
      expect(binding.reason(answer)).toBe('TASK_NOT_FOUND');
    });

    it('closes a send stream at INPUT_REQUIRED, and keeps a subscription to a task that waits open', async () => {
      agent.worker.on('ask', (context) => context.requestInput('Which one?'));
      agent.worker.on('this one', (context) => context.complete('Done'));
      const stream = await openStream(
        'SendStreamingMessage',
        sendParams('ask'),
      );
      const { id: taskId } = await stream.task();
      expect(await stream.restInBrief()).toEqual(['WORKING', 'INPUT_REQUIRED']);

      const subscription = await openStream('SubscribeToTask', { id: taskId });
      expect(subscription.brief(await subscription.next())).toBe(
        'task:INPUT_REQUIRED',
      );
      const answer = sendParams('this one', { message: { taskId } });
      await binding.call(agent.url, 'SendMessage', answer);
      expect(await subscription.restInBrief()).toEqual([
        'SUBMITTED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
    });

    it('closes a subscription at the next INPUT_REQUIRED', async () => {
      agent.worker.on('ask', (context) => context.requestInput('What?'));
      agent.worker.on('ask again', (context) => context.requestInput('And?'));
      const sent = await binding.call(
        agent.url,
        'SendMessage',
        sendParams('ask'),
      );
      const { id } = binding.result(sent).task;
      const subscription = await openStream('SubscribeToTask', { id });
      await subscription.next();
      const again = sendParams('ask again', { message: { taskId: id } });
      await binding.call(agent.url, 'SendMessage', again);
      expect(await subscription.restInBrief()).toEqual([
        'SUBMITTED',
        'WORKING',
        'INPUT_REQUIRED',
      ]);
    });

    it('stays open at AUTH_REQUIRED (A2A §7.6.1)', async () => {
      agent.worker.on('auth', (context) =>
        context.history.length === 0
          ? context.requestAuth('Sign in at ...')
          : context.complete('Thanks'),
      );
      const stream = await openStream(
        'SendStreamingMessage',
        sendParams('auth'),
      );
      const { id } = await stream.task();
      await stream.until('AUTH_REQUIRED');
      await agent.app.get(TaskService).resume(id);
      expect(await stream.restInBrief()).toEqual([
        'SUBMITTED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
    });

    it('resumes after any event, with the Task as it was then, without gap or duplicate', async () => {
      const { gate, stream, id } = await halfway();
      gate.open();
      const last = (await stream.rest()).at(-1);
      const full = await openStream('SubscribeToTask', { id }, '1');
      const all = await full.rest();
      expect(all.map((event) => full.brief(event))).toEqual([
        'task:SUBMITTED',
        'WORKING',
        'artifact',
        'artifact',
        'COMPLETED',
      ]);
      expect(all.map((event) => event.id)).toEqual(['1', '2', '3', '4', '5']);
      expect(last).toEqual(all.at(-1));
      for (const seen of all.slice(0, -1)) {
        const resumed = await openStream('SubscribeToTask', { id }, seen.id);
        const events = await resumed.rest();
        expect(resumed.brief(events[0]!)).toMatch(/^task:/);
        expect(events[0]?.id).toBe(seen.id);
        expect(events.slice(1)).toEqual(all.slice(Number(seen.id)));
      }
    });

    it('goes on over questions that were answered since, and ends with the one that is not', async () => {
      agent.worker.on('ask', (context) => context.requestInput('?'));
      const asked = await binding.call(
        agent.url,
        'SendMessage',
        sendParams('ask'),
      );
      const { id } = binding.result(asked).task;
      const message = { taskId: id };
      const resume = async () => {
        const stream = await openStream('SubscribeToTask', { id }, '1');
        return stream.restInBrief();
      };
      const first = ['task:SUBMITTED', 'WORKING', 'INPUT_REQUIRED'];
      expect(await resume()).toEqual(first);
      await binding.call(
        agent.url,
        'SendMessage',
        sendParams('ask', { message }),
      );
      const second = [...first, 'SUBMITTED', 'WORKING', 'INPUT_REQUIRED'];
      expect(await resume()).toEqual(second);
      await binding.call(
        agent.url,
        'SendMessage',
        sendParams('hi', { message }),
      );
      expect(await resume()).toEqual([
        ...second,
        'SUBMITTED',
        'WORKING',
        'artifact',
        'COMPLETED',
      ]);
    });

    it('answers a reader who has seen the last event of a finished task with the final Task', async () => {
      const { gate, stream, id } = await halfway();
      gate.open();
      const last = (await stream.rest()).at(-1);
      const resumed = await openStream('SubscribeToTask', { id }, last?.id);
      const events = await resumed.rest();
      expect(events.map((event) => resumed.brief(event))).toEqual([
        'task:COMPLETED',
      ]);
      expect(events[0]?.id).toBe(last?.id);
    });

    it('carries any text through its frames', async () => {
      const chunks = [
        '\u0000',
        'a\nb\r\nc\rd',
        '\u2028\u2029',
        '😀',
        'data: x\n\nid: 99\n\n',
        '\ud83d',
        '\ude00',
        ': ping',
        '',
      ];
      agent.worker.on('odd', async (context) => {
        for (const chunk of chunks) await context.emitText(chunk);
        await context.complete();
      });
      const stream = await openStream(
        'SendStreamingMessage',
        sendParams('odd'),
      );
      const events = await stream.rest();
      const texts = events
        .map((event) => binding.response(event).artifactUpdate)
        .filter((update) => update !== undefined)
        .map(({ artifact }) => artifact.parts[0].text);
      expect(texts).toEqual(chunks);
      const ids = events.map(({ id }) => Number(id));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    });
  });

  it('sends the stored bytes: what the log holds is what every reader reads', async () => {
    const gate = new Gate();
    agent.worker.on('bytes', async (context) => {
      await gate.pass();
      await context.complete({ data: { z: 1, a: [null, 'ü'] } });
    });
    const stream = await httpJson.open(
      agent.url,
      'SendStreamingMessage',
      sendParams('bytes'),
    );
    await gate.reached;
    gate.open();
    const text = await stream.text();
    const { store } = internal(agent.app, 'TaskFollower');
    const id = /"id":"([^"]+)"/.exec(text)?.[1];
    const events = await store.log.read(
      id,
      { after: 1, limit: 99 },
      { access: 'system' },
    );
    const frames = events.map(
      ({ seq, json }: { seq: number; json: string }) =>
        `id: ${seq}\ndata: ${json}\n\n`,
    );
    expect(text.endsWith(frames.join(''))).toBe(true);
    const rpc = await jsonRpc.open(
      agent.url,
      'SubscribeToTask',
      { id },
      { headers: { 'Last-Event-ID': '1' } },
    );
    const rpcText = await rpc.text();
    for (const { seq, json } of events) {
      expect(rpcText).toContain(
        `id: ${seq}\ndata: {"jsonrpc":"2.0","id":7,"result":${json}}\n\n`,
      );
    }
  });
});
