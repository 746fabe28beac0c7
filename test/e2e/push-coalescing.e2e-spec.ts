import { toWebhookChoiceUri, type WebhookChoice } from '@nest-a2a/protocol';
import { type WebhookSink } from '@nest-a2a/testing';
import { jsonRpc, sendParams } from '../support/a2a-http.js';
import { CREATE, PushLab } from '../support/push-lab.js';
import { briefs, headersOf } from '../support/webhook-answers.js';

const CHUNKS = 500;

describe('a webhook that is behind', () => {
  let lab: PushLab;
  let sink: WebhookSink;

  const start = async (push: object) => {
    lab = await PushLab.start({ push });
    sink = await lab.openSink();
    lab.agent.worker.on('stream', async (context) => {
      for (let count = 1; count <= CHUNKS; count += 1) {
        const lastChunk = count === CHUNKS;
        await context.emitText(`${count} `, { artifactId: 'a', lastChunk });
      }
      await context.complete();
    });
  };
  /** Sends a message and waits for the end of the task. */
  const complete = async (text: string) => {
    const configuration = { taskPushNotificationConfig: { url: sink.url } };
    const params = sendParams(text, { configuration });
    const { task } = await lab.call('SendMessage', params);
    return task.id as string;
  };

  afterEach(() => lab.close());

  it('gets one task and the end in place of 500 chunks (D20)', async () => {
    await start({ select: 'all', coalesce: true });
    sink.answerNext(503);
    const taskId = await complete('stream');
    await lab.leapAfter(1);
    const received = await sink.waitFor(3);
    expect(briefs(received).slice(1)).toEqual(['task:WORKING', 'COMPLETED']);
    const { task } = received[1]!.body as any;
    expect(task.status.state).toBe('TASK_STATE_WORKING');
    const text = task.artifacts[0].parts.map((part: any) => part.text);
    expect(text.join('').split(' ')).toHaveLength(CHUNKS + 1);
    const sequences = headersOf(received.slice(1), 'a2a-event-sequence');
    const previous = headersOf(received.slice(1), 'a2a-previous-sequence');
    expect(previous).toEqual(['0', sequences[0]]);
    await lab.recorder.waitFor(3);
    expect(await lab.service.attempts({ taskId, limit: 9 })).toHaveLength(3);
  });

  it('gets everything where the operator has not said so', async () => {
    await start({});
    sink.answerNext(503);
    await complete('hi');
    await lab.leapAfter(1);
    const received = await sink.waitFor(4);
    expect(briefs(received)).toEqual([
      'WORKING',
      'WORKING',
      'artifact',
      'COMPLETED',
    ]);
  });
});

describe('a client', () => {
  let lab: PushLab;
  let sink: WebhookSink;

  beforeEach(async () => {
    lab = await PushLab.start();
    sink = await lab.openSink();
  });
  afterEach(() => lab.close());

  const declaring = (choice: WebhookChoice) => ({
    headers: { 'A2A-Extensions': toWebhookChoiceUri(choice) },
  });

  it('chooses what its webhook gets, with the message that begins the task', async () => {
    const config = { taskPushNotificationConfig: { url: sink.url } };
    const response = await jsonRpc.open(
      lab.agent.url,
      'SendMessage',
      sendParams('hi', { configuration: config }),
      declaring({ select: 'terminal' }),
    );
    expect(response.headers.get('a2a-extensions')).toBe(
      'urn:nest-a2a:webhooks:v1?=select=terminal',
    );
    const received = await sink.waitFor(1);
    expect(briefs(received)).toEqual(['COMPLETED']);
  });

  it('chooses for a webhook that it registers later, and for that one alone', async () => {
    const { taskId, step } = await lab.steppedTask({ url: sink.url });
    const other = await lab.openSink();
    other.answerNext(503);
    await jsonRpc.open(
      lab.agent.url,
      CREATE,
      { taskId, id: 'other', url: other.url },
      declaring({ select: 'status', coalesce: true }),
    );
    [1, 2, 3].forEach(step);
    expect(briefs(await sink.waitFor(5)).at(-1)).toBe('COMPLETED');
    await lab.clock.leapTo((await failedAttempt()).nextAt!);
    const received = await other.waitFor(3);
    expect(briefs(received).slice(1)).toEqual(['task:WORKING', 'COMPLETED']);
  });

  const failedAttempt = async () => {
    for (let count = 1; ; count += 1) {
      const attempt = await lab.recorder.nth(count);
      if (attempt.outcome === 'failed') return attempt;
    }
  };

  it('chooses nothing with what is unknown here', async () => {
    const config = { taskPushNotificationConfig: { url: sink.url } };
    const response = await jsonRpc.open(
      lab.agent.url,
      'SendMessage',
      sendParams('hi', { configuration: config }),
      { headers: { 'A2A-Extensions': 'urn:nest-a2a:webhooks:v1?=select=no' } },
    );
    expect(response.headers.get('a2a-extensions')).toBeNull();
    const received = await sink.waitFor(3);
    expect(briefs(received)).toEqual(['WORKING', 'artifact', 'COMPLETED']);
  });
});
