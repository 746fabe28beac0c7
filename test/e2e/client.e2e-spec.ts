import { A2AClient, type StreamEvent } from '@nest-a2a/client';
import { WebhookSink } from '@nest-a2a/testing';
import { lastValueFrom, toArray } from 'rxjs';
import { Gate } from '../support/gate.js';
import { held } from '../support/internals.js';
import {
  PLATFORMS,
  startAgent,
  type TestAgent,
} from '../support/test-agent.js';
import { until } from '../support/until.js';
import { briefs, headersOf } from '../support/webhook-answers.js';

const CASES = PLATFORMS.flatMap((platform) =>
  (['JSONRPC', 'HTTP+JSON'] as const).map(
    (binding) => [binding, platform] as const,
  ),
);

describe.each(CASES)('the client over %s, the agent on %s', (...one) => {
  const [binding, platform] = one;
  let agent: TestAgent;
  let client: A2AClient;

  beforeAll(async () => {
    agent = await startAgent({ platform });
    client = await A2AClient.connect(agent.url, { binding });
    agent.worker.on('ask', (context) => context.requestInput('Which one?'));
    agent.worker.on('red', (context) => context.complete('A red one.'));
    agent.worker.on('story', async (context) => {
      for (const word of ['Once', ' upon', ' a time.']) {
        await context.emitText(word);
      }
      await context.complete();
    });
    agent.worker.on('report', async (context) => {
      await context.emitArtifact({ artifactId: 'a', parts: { text: 'x\ny' } });
      await context.emitArtifact({
        artifactId: 'b',
        parts: [{ raw: 'aGk=', filename: 'hi' }, { url: 'https://a.example' }],
      });
      await context.completeJson({ total: 4.2 });
    });
  });

  afterAll(async () => {
    await client.close();
    await agent.close();
  });

  /** A task whose worker waits at the gate, and then says two more words. */
  async function heldTask() {
    const gate = new Gate();
    agent.worker.on('held', async (context) => {
      await context.emitText('first');
      await gate.pass();
      await context.emitText(' second', { lastChunk: true });
      await context.complete();
    });
    const { taskId } = await client.send('held', { blocking: false });
    await gate.reached;
    return { gate, taskId };
  }

  const inShort = (event: StreamEvent) =>
    event.kind === 'artifact' ? event.text : event.state;

  it('sends and reads what came of it', async () => {
    const result = await client.send('report', { contextId: 'mine' });
    expect(result).toMatchObject({
      contextId: 'mine',
      state: 'completed',
      completed: true,
      isTerminal: true,
      text: 'x\ny',
      data: [{ total: 4.2 }],
      files: [{ raw: 'aGk=', filename: 'hi' }, { url: 'https://a.example' }],
    });
    const got = await client.getTask(result.taskId, { historyLength: 0 });
    expect(got.raw).toEqual({ ...result.raw, history: undefined });
  });

  it('answers a question', async () => {
    const asked = await client.send('ask');
    expect(asked.inputRequired).toBe(true);
    expect(asked.text).toBe('Which one?');
    const { taskId } = asked;
    const answered = await client.send('red', { taskId });
    expect(answered).toMatchObject({ taskId, text: 'A red one.' });
    expect(answered.contextId).toBe(asked.contextId);
  });

  it('streams: events with the task so far, text, an Observable', async () => {
    const events: StreamEvent[] = [];
    const texts: string[] = [];
    for await (const event of client.stream('story')) {
      events.push(event);
      texts.push(event.task.text);
    }
    expect(events.map(inShort)).toEqual([
      'submitted',
      'working',
      'Once',
      ' upon',
      ' a time.',
      'completed',
    ]);
    expect(texts.at(-2)).toBe('Once upon a time.');
    expect(events.at(-1)?.isFinal).toBe(true);
    const words: string[] = [];
    for await (const word of client.streamText('story')) words.push(word);
    expect(words).toEqual(['Once', ' upon', ' a time.']);
    const observed = client.stream$('story').pipe(toArray());
    const kinds = (await lastValueFrom(observed)).map(({ kind }) => kind);
    expect(kinds).toEqual(events.map(({ kind }) => kind));
  });

  it('follows a task, and goes on where it was after it has left', async () => {
    const { gate, taskId } = await heldTask();
    let lastEventId: string | undefined;
    for await (const event of client.subscribe(taskId)) {
      lastEventId = event.id;
      expect(event.task.text).toBe('first');
      break;
    }
    gate.open();
    await client.waitFor(taskId);
    const events: StreamEvent[] = [];
    for await (const event of client.subscribe(taskId, { lastEventId })) {
      events.push(event);
    }
    expect(events.map(inShort)).toEqual(['working', ' second', 'completed']);
    expect(events.at(-1)?.task.text).toBe('first second');
    await until(() => held(agent.app).watchedTasks === 0);
  });

  it('waits for a task', async () => {
    const { gate, taskId } = await heldTask();
    const waiting = client.waitFor(taskId);
    gate.open();
    expect((await waiting).text).toBe('first second');
  });

  it('lists tasks page by page', async () => {
    const contextId = `listed-${binding}`;
    const ids: string[] = [];
    for (const text of ['a', 'b', 'ask']) {
      ids.push((await client.send(text, { contextId })).taskId);
    }
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const query = { contextId, pageSize: 2, pageToken };
      const page = await client.listTasks(query);
      expect(page.totalSize).toBe(3);
      seen.push(...page.tasks.map(({ taskId }) => taskId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen.sort()).toEqual([...ids].sort());
    const status = 'input-required' as const;
    const asks = await client.listTasks({ contextId, status });
    expect(asks.tasks.map(({ taskId }) => taskId)).toEqual([ids[2]]);
  });

  it('cancels', async () => {
    const { taskId } = await client.send('ask');
    const canceled = await client.cancel(taskId);
    expect(canceled.canceled).toBe(true);
  });

  it('registers webhooks, with a message and later, and removes them', async () => {
    const [inline, later] = [
      await WebhookSink.open(),
      await WebhookSink.open(),
    ];
    const gate = new Gate();
    agent.worker.on('push', async (context) => {
      await gate.pass();
      await context.complete();
    });
    const { taskId } = await client.send('push', {
      blocking: false,
      pushUrl: inline.url,
      pushToken: 'secret',
    });
    const created = await client.createPushConfig(taskId, {
      id: 'later',
      url: later.url,
      authentication: { scheme: 'Bearer', credentials: 'abc' },
    });
    expect(await client.getPushConfig(taskId, 'later')).toEqual(created);
    const { configs } = await client.listPushConfigs(taskId);
    expect(configs.map(({ url }) => url)).toEqual([inline.url, later.url]);
    const { id } = await client.createPushConfig(taskId, { url: later.url });
    await client.deletePushConfig(taskId, id!);
    await expect(client.getPushConfig(taskId, id!)).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
    });
    await inline.waitFor(1);
    gate.open();
    const received = await inline.waitFor(2);
    expect(briefs(received)).toEqual(['WORKING', 'COMPLETED']);
    const tokens = headersOf(received, 'x-a2a-notification-token');
    expect(tokens).toEqual(['secret', 'secret']);
    const end = await later.waitFor(1);
    expect(headersOf(end, 'authorization')).toEqual(['Bearer abc']);
    await inline.close();
    await later.close();
  });

  it('tells what the agent has against a call, by its code', async () => {
    const { taskId } = await client.send('done');
    const picture = [{ raw: 'aGk=', mediaType: 'image/png' }];
    const pushUrl = 'https://user:pw@a.example/';
    const refused: [() => Promise<unknown>, string][] = [
      [() => client.getTask('none'), 'TASK_NOT_FOUND'],
      [() => client.cancel(taskId), 'TASK_NOT_CANCELABLE'],
      [() => client.send('more', { taskId }), 'UNSUPPORTED_OPERATION'],
      [() => client.subscribe(taskId).next(), 'UNSUPPORTED_OPERATION'],
      [() => client.listTasks({ pageToken: 'none' }), 'INVALID_PARAMS'],
      [() => client.send('x', { pushUrl }), 'INVALID_PARAMS'],
      [() => client.send(picture), 'CONTENT_TYPE_NOT_SUPPORTED'],
      [() => client.getExtendedCard(), 'UNSUPPORTED_OPERATION'],
    ];
    for (const [call, code] of refused) {
      await expect(call()).rejects.toMatchObject({ code });
    }
  });
});
