import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import {
  type SentWebhook,
  statusUpdateJson as status,
  WebhookSender,
} from '@nest-a2a/testing';
import { createMemoryWebhookStore } from './memory-webhook-store.js';
import { isWebhookError } from './webhook-error.js';
import { type WebhookNotification } from './webhook-notification.js';
import { createWebhookReceiver } from './webhook-receiver.js';
import { type WebhookReceiverOptions } from './webhook-receiver-options.js';

/** The time of receiver and senders. */
const NOW_S = Date.UTC(2026, 0, 1) / 1_000;
const CLOCK = { now: () => NOW_S * 1_000 };
const sender = new WebhookSender(CLOCK);
const OPEN = { acceptUnverified: true, clock: CLOCK };

/** A receiver that keeps what it was told. */
function collecting(options: WebhookReceiverOptions = OPEN) {
  const receiver = createWebhookReceiver(options);
  const seen: WebhookNotification[] = [];
  const send = async (webhook: SentWebhook = {}, source?: string) => {
    const request = { ...sender.plain(webhook), source };
    return receiver.handle(request, (one) => void seen.push(one));
  };
  return { receiver, seen, send };
}

describe('a notification', () => {
  const read = async (body: unknown) => {
    const { seen, send } = collecting();
    await send({ body: JSON.stringify(body), sequence: 3, previous: 2 });
    return seen[0];
  };

  it('is an event with short words, whatever the sender speaks', async () => {
    const state = { state: 'TASK_STATE_INPUT_REQUIRED' };
    const statusUpdate = { taskId: 't', contextId: 'c', status: state };
    expect(await read({ statusUpdate })).toMatchObject({
      kind: 'status',
      version: '1.0',
      id: 'evt_1',
      taskId: 't',
      contextId: 'c',
      state: 'input-required',
      isFinal: false,
      sequence: 3,
      previousSequence: 2,
      sentAt: new Date(NOW_S * 1_000),
      payload: { statusUpdate },
      gap: undefined,
    });
    const task = {
      kind: 'task',
      id: 't',
      contextId: 'c',
      status: { state: 'completed' },
      artifacts: [
        { artifactId: 'a', parts: [{ kind: 'text', text: 'the report' }] },
      ],
    };
    const old = await read(task);
    expect(old).toMatchObject({
      kind: 'task',
      version: '0.3',
      state: 'completed',
      text: 'the report',
      isFinal: true,
      payload: task,
    });
    expect(old?.task.completed).toBe(true);
    expect(old?.raw).toMatchObject({
      task: { status: { state: 'TASK_STATE_COMPLETED' } },
    });
  });

  it('is read of every member of a StreamResponse', async () => {
    const parts = [{ text: 'hi' }];
    const message = { messageId: 'm', role: 'ROLE_AGENT', parts };
    const artifact = { artifactId: 'a', parts };
    const ids = { taskId: 't', contextId: 'c' };
    const working = { state: 'TASK_STATE_WORKING' };
    const kinds = [
      await read({ message }),
      await read({ task: { id: 't', status: working } }),
      await read({ artifactUpdate: { ...ids, artifact, lastChunk: true } }),
      // Without `kind`, as some senders of 0.3 write it.
      await read({ id: 't', status: { state: 'working' } }),
    ].map((one) => [one?.kind, one?.text]);
    expect(kinds).toEqual([
      ['message', 'hi'],
      ['task', ''],
      ['artifact', 'hi'],
      ['task', ''],
    ]);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"task":'],
    ['no UTF-8', Buffer.from(status('WORKING', '\xff'), 'latin1')],
    ['no object', '"task"'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['two members', '{"task":{"id":"t"},"message":{}}'],
    ['no status', '{"task":{"id":"t"}}'],
    ['another kind', '{"kind":"invoice","id":"t"}'],
    ['deep nesting', '['.repeat(100_000)],
  ])('is not %s', async (_what, body) => {
    const { receiver, seen } = collecting();
    const request = { ...sender.plain(), body: Buffer.from(body as string) };
    const answer = await receiver.handle(request, (one) => void seen.push(one));
    expect(answer).toMatchObject({
      status: 400,
      outcome: 'body-not-valid',
      body: '{"error":"Invalid body"}',
    });
    expect(seen).toEqual([]);
  });

  it('is not compressed, nor larger than the limit', async () => {
    const { send } = collecting({ ...OPEN, maxBodyBytes: 200 });
    const headers = { 'content-encoding': 'gzip' };
    expect((await send({ headers })).outcome).toBe('body-not-valid');
    const body = status('WORKING', 't'.repeat(200));
    expect(await send({ body })).toMatchObject({
      status: 413,
      outcome: 'body-too-large',
    });
  });

  it.each([
    ['webhook-id', 'a b'],
    ['webhook-id', 'a'.repeat(257)],
    ['webhook-timestamp', 'now'],
    ['a2a-event-sequence', '-1'],
    ['a2a-previous-sequence', '1e3'],
  ])('does not have the header %s: %s', async (name, value) => {
    const { send } = collecting();
    const answer = await send({ headers: { [name]: value } });
    expect([answer.status, answer.outcome]).toEqual([400, 'header-not-valid']);
  });

  it('whose body was parsed already is a mistake of the program', async () => {
    const { receiver } = collecting();
    const request = { ...sender.plain(), body: { task: {} } as never };
    await expect(receiver.handle(request, () => undefined)).rejects.toThrow(
      'must be the bytes that came',
    );
  });

  it('can be read without being handled', async () => {
    const { receiver } = collecting({ token: 'x', clock: CLOCK });
    await expect(receiver.read(sender.plain())).rejects.toMatchObject({
      code: 'token-mismatch',
      status: 401,
    });
    const error = await receiver.read(sender.plain()).catch((e: unknown) => e);
    expect(isWebhookError(error)).toBe(true);
  });
});

describe('a webhook that comes twice', () => {
  it('is handled once, and answered well both times', async () => {
    const { seen, send } = collecting();
    expect((await send()).outcome).toBe('handled');
    expect(await send()).toMatchObject({ status: 200, outcome: 'duplicate' });
    expect(seen).toHaveLength(1);
  });

  it('is handled again where the handler failed', async () => {
    const { receiver, seen, send } = collecting();
    const cause = new Error('no connection to 10.0.0.7');
    const answer = await receiver.handle(sender.plain(), async () => {
      throw cause;
    });
    expect(answer).toMatchObject({
      status: 500,
      outcome: 'handler-failed',
      body: '{"error":"Not handled"}',
      error: { cause },
    });
    expect((await send()).outcome).toBe('handled');
    expect((await send()).outcome).toBe('duplicate');
    expect(seen).toHaveLength(1);
  });

  it('at the same time is handled once; the other is to come again', async () => {
    const { receiver, seen, send } = collecting();
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let begin = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const first = receiver.handle(sender.plain(), () => {
      begin();
      return finished;
    });
    await begun;
    expect(await send()).toMatchObject({
      status: 503,
      outcome: 'in-progress',
      headers: { 'Retry-After': '5' },
    });
    finish();
    expect((await first).outcome).toBe('handled');
    expect((await send()).outcome).toBe('duplicate');
    expect(seen).toEqual([]);
  });

  it('is another one where it has another source, or no id', async () => {
    const { receiver, send } = collecting();
    await send({}, 'a');
    expect((await send({}, 'b')).outcome).toBe('handled');
    expect((await send({}, 'a')).outcome).toBe('duplicate');
    const { body } = sender.plain();
    for (let i = 0; i < 2; i++) {
      const answer = await receiver.handle(
        { headers: {}, body },
        () => undefined,
      );
      expect(answer.outcome).toBe('handled');
    }
  });

  it('is not taken where nobody knows whether it came before', async () => {
    const store = createMemoryWebhookStore();
    const broken = {
      ...OPEN,
      store: {
        ...store,
        claim: () => {
          throw new Error('no connection to redis://10.0.0.7');
        },
      },
    };
    const { seen, send } = collecting(broken);
    const answer = await send();
    expect([answer.status, answer.outcome]).toEqual([503, 'check-failed']);
    expect(answer.body).not.toContain('redis');
    expect(seen).toEqual([]);
  });
});

describe('a gap', () => {
  it('is told of where events before it are missing, and blocks nothing', async () => {
    const { seen, send } = collecting();
    const event = (sequence: number, previous: number) =>
      send({ id: `evt_${sequence}`, sequence, previous });
    await event(2, 1);
    await event(4, 2);
    await event(7, 6);
    await event(8, 7);
    expect(seen.map(({ sequence, gap }) => [sequence, gap])).toEqual([
      [2, undefined],
      [4, undefined],
      [7, { lastSeen: 4, previous: 6 }],
      [8, undefined],
    ]);
  });

  it('is none where an event is sent anew, or is of another task or source', async () => {
    const { seen, send } = collecting();
    await send({ id: 'a', sequence: 9, previous: 8 });
    await send({ id: 'b', sequence: 3, previous: 2 });
    await send({ id: 'c', sequence: 10, previous: 9 });
    const body = status('WORKING', 'other');
    await send({ id: 'd', sequence: 20, previous: 19, body });
    await send({ id: 'e', sequence: 30, previous: 29 }, 'elsewhere');
    expect(seen.map(({ gap }) => gap)).toEqual(Array(5).fill(undefined));
  });

  it('is one where the handler failed and the sender has given up', async () => {
    const { receiver, seen, send } = collecting();
    await send({ id: 'a', sequence: 1, previous: 0 });
    const lost = sender.plain({ id: 'b', sequence: 2, previous: 1 });
    await receiver.handle(lost, () => Promise.reject(new Error('no')));
    await send({ id: 'c', sequence: 3, previous: 2 });
    expect(seen.at(-1)?.gap).toEqual({ lastSeen: 1, previous: 2 });
  });
});

describe('a receiver that is closed', () => {
  it('waits for what is being handled, and takes no more', async () => {
    const { receiver, send } = collecting();
    const order: string[] = [];
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let begin = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const handling = receiver.handle(sender.plain(), async () => {
      begin();
      await finished;
      order.push('handled');
    });
    await begun;
    const closing = receiver.close().then(() => order.push('closed'));
    expect(await send({ id: 'evt_2' })).toMatchObject({
      status: 503,
      outcome: 'closing',
    });
    for (let i = 0; i < 5; i++) await setImmediate();
    expect(order).toEqual([]);
    finish();
    await closing;
    expect((await handling).outcome).toBe('handled');
    expect(order).toEqual(['handled', 'closed']);
    await receiver.close();
  });

  it('does not wait for ever', async () => {
    const { receiver } = collecting({ ...OPEN, drainMs: 1 });
    let begin = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    void receiver.handle(sender.plain(), () => {
      begin();
      return new Promise(() => undefined);
    });
    await begun;
    await receiver.close();
  });
});

describe('a server of Node.js', () => {
  it('gives the request itself, and can answer to one that is too large', async () => {
    const receiver = createWebhookReceiver({ ...OPEN, maxBodyBytes: 1_000 });
    const server = createServer((incoming, response) => {
      const { headers } = incoming;
      void receiver
        .handle({ headers, body: incoming }, () => undefined)
        .then(({ status, headers, body }) =>
          response.writeHead(status, headers).end(body),
        );
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    // One connection: one that is held up by what nobody reads answers no more.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = async (body: string) => {
      const options = { port, host: '127.0.0.1', method: 'POST', agent };
      const sent = request(options).end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      return [answer.statusCode, await text(answer)];
    };
    const received = [200, '{"status":"received"}'];
    expect(await post(status('WORKING'))).toEqual(received);
    expect(await post('x'.repeat(8_000_000))).toEqual([
      413,
      '{"error":"Body too large"}',
    ]);
    expect(await post(status('WORKING'))).toEqual(received);
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });
});
