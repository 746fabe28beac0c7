import { type Message } from '@nest-a2a/protocol';
import { type StoredEvent, SYSTEM_CONTEXT } from '@nest-a2a/store';
import { Logger } from '@nestjs/common';
import {
  CapturedLog,
  chunk,
  PushBench,
  working,
} from '../../test/push-bench.js';
import { webhookPayload } from './webhook-payload.js';

const HOOK = 'http://127.0.0.1:9/';

describe('webhookPayload', () => {
  let bench: PushBench;
  let taskId: string;

  /** The payloads of the events after the first, for a selection. */
  const payloads = async (select: 'updates' | 'all') => {
    const { log, push } = bench.store;
    const config = await push.get(taskId, 'a', SYSTEM_CONTEXT);
    const range = { after: 1, limit: 99 };
    const events = await log.read(taskId, range, SYSTEM_CONTEXT);
    const of = (event: StoredEvent) =>
      webhookPayload(
        { event, isSnapshot: false },
        { ...config!, select },
        { log, maxBytes: 1_000 },
      );
    return Promise.all(events.map(of));
  };

  beforeEach(async () => {
    new CapturedLog();
    bench = new PushBench();
    taskId = await bench.addTask(HOOK, 0);
  });
  afterEach(() => bench.stop());
  afterAll(() => Logger.overrideLogger(true));

  it('is the text of the event itself, with the media type of A2A (A2A §4.3.3)', async () => {
    await bench.append(taskId, 1, working(taskId));
    const [payload] = await payloads('updates');
    expect(payload?.contentType).toBe('application/a2a+json');
    expect(JSON.parse(payload!.body)).toEqual({
      statusUpdate: {
        taskId,
        contextId: 'c',
        status: { state: 'TASK_STATE_WORKING' },
      },
    });
  });

  it('is the whole artifact for its last chunk', async () => {
    await bench.append(taskId, 1, chunk(taskId, 'one'));
    const last = { append: true, lastChunk: true } as const;
    await bench.append(taskId, 2, chunk(taskId, 'two', last));
    await bench.append(taskId, 3, chunk(taskId, 'three', last));
    const bodies = (await payloads('updates')).map(({ body }) =>
      JSON.parse(body),
    );
    expect(bodies[1]).toEqual({
      artifactUpdate: {
        taskId,
        contextId: 'c',
        artifact: {
          artifactId: 'x',
          parts: [{ text: 'one' }, { text: 'two' }],
        },
        lastChunk: true,
      },
    });
    expect(bodies[2].artifactUpdate.artifact.parts).toHaveLength(3);
  });

  it('is the whole artifact for the end that the worker did not say', async () => {
    await bench.append(taskId, 1, chunk(taskId, 'one'));
    const end = { kind: 'artifactEnd', artifactId: 'x' } as const;
    await bench.append(taskId, 2, end);
    const [, payload] = await payloads('updates');
    const { artifactUpdate } = JSON.parse(payload!.body);
    expect(artifactUpdate).toMatchObject({ lastChunk: true });
    expect(artifactUpdate.artifact.parts).toEqual([{ text: 'one' }]);
  });

  it('is each chunk as it is where all are wanted', async () => {
    await bench.append(taskId, 1, chunk(taskId, 'one'));
    const last = { append: true, lastChunk: true } as const;
    await bench.append(taskId, 2, chunk(taskId, 'two', last));
    const bodies = (await payloads('all')).map(({ body }) => JSON.parse(body));
    expect(bodies[1].artifactUpdate.artifact.parts).toEqual([{ text: 'two' }]);
    expect(bodies[1].artifactUpdate.append).toBe(true);
  });

  it('is the same text each time', async () => {
    await bench.append(taskId, 1, chunk(taskId, 'one'));
    const last = { append: true, lastChunk: true } as const;
    await bench.append(taskId, 2, chunk(taskId, 'two', last));
    const before = await payloads('updates');
    await bench.append(taskId, 3, chunk(taskId, 'three', last));
    const after = await payloads('updates');
    expect(after.slice(0, 2)).toEqual(before);
  });

  it('does not touch what the log holds', async () => {
    await bench.append(taskId, 1, chunk(taskId, 'one'));
    await bench.append(taskId, 2, { kind: 'artifactEnd', artifactId: 'x' });
    const { log } = bench.store;
    const before = JSON.stringify(await log.load(taskId, {}, SYSTEM_CONTEXT));
    await payloads('updates');
    expect(JSON.stringify(await log.load(taskId, {}, SYSTEM_CONTEXT))).toBe(
      before,
    );
  });

  describe('of more bytes than a webhook may have (D31)', () => {
    const long = 'ä'.repeat(500);

    it('is the task without what may be long', async () => {
      await bench.append(taskId, 1, chunk(taskId, 'short'));
      await bench.append(taskId, 2, chunk(taskId, long, { lastChunk: true }));
      const bodies = (await payloads('all')).map(({ body }) =>
        JSON.parse(body),
      );
      expect(bodies[0]).toHaveProperty('artifactUpdate');
      const status = { state: 'TASK_STATE_SUBMITTED' };
      expect(bodies[1]).toEqual({
        task: { id: taskId, contextId: 'c', status },
      });
    });

    it('is the task with its state as it was then, also where the state says too much', async () => {
      const status = {
        state: 'TASK_STATE_WORKING',
        timestamp: '2026-01-01T00:00:00.000Z',
      } as const;
      const message: Message = {
        messageId: 'm',
        role: 'ROLE_AGENT',
        parts: [{ text: long }],
      };
      const statusUpdate = {
        taskId,
        contextId: 'c',
        status: { ...status, message },
      };
      await bench.append(taskId, 1, { kind: 'statusUpdate', statusUpdate });
      await bench.append(taskId, 2, working(taskId));
      const [payload] = await payloads('updates');
      expect(JSON.parse(payload!.body)).toEqual({
        task: { id: taskId, contextId: 'c', status },
      });
    });
  });

  it('is none for an artifact that the task does not have', async () => {
    await bench.append(taskId, 1, { kind: 'artifactEnd', artifactId: 'y' });
    await expect(payloads('updates')).rejects.toMatchObject({
      code: 'INVALID_AGENT_RESPONSE',
    });
  });
});
