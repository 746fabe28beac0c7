import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type SinkAnswer, WebhookSink } from '@nest-a2a/testing';
import { selfSigned } from '../support/certificate.js';
import { PushLab } from '../support/push-lab.js';
import {
  answerWith,
  briefs,
  heldBy,
  headersOf,
} from '../support/webhook-answers.js';

const DAY = 86_400_000;
const INTERIM = 'HTTP/1.1 103 Early Hints\r\n\r\n';
const FINISHED = ['WORKING', 'artifact', 'COMPLETED'];

/** An answer of these bytes and no others. */
const bytes =
  (text: string): SinkAnswer =>
  ({ socket }) =>
    void socket?.end(text);

/** One that has an end only when the other side has had enough. */
const flood: SinkAnswer = ({ socket }) => {
  const more = () => {
    while (socket?.writable && socket.write(INTERIM.repeat(100)));
  };
  socket?.on('drain', more).on('error', () => undefined);
  more();
};

describe('a receiver that answers', () => {
  let lab: PushLab;
  let sink: WebhookSink;

  const start = async (push: object = {}) => {
    lab = await PushLab.start({ push });
    sink = await lab.openSink();
  };
  afterEach(() => lab.close());

  it.each<[string, SinkAnswer, object]>([
    ['204', 204, { status: 204 }],
    ['206', 206, { status: 206 }],
    [
      '200 after a thousand interim answers',
      bytes(`${INTERIM.repeat(1_000)}HTTP/1.1 200 OK\r\n\r\n`),
      { status: 200 },
    ],
  ])('%s has taken it (D13)', async (_what, answer, facts) => {
    await start();
    sink.answerNext(answer);
    await lab.send('hi', { url: sink.url });
    const attempt = await lab.recorder.nth(1);
    expect(attempt).toMatchObject({ outcome: 'delivered', ...facts });
  });

  it.each<[string, SinkAnswer, object]>([
    ['304', 304, { status: 304 }],
    ['999', 999, { status: 999 }],
    [
      'as HTTP/0.9 did',
      bytes('<html>ok</html>'),
      { error: 'invalid-response' },
    ],
    [
      'nothing that is HTTP',
      bytes('\0\x01\x02'),
      { error: 'invalid-response' },
    ],
    [
      'with 20 KB of headers (D14)',
      answerWith(200, { x: 'y'.repeat(20_000) }),
      { error: 'invalid-response' },
    ],
    ['1xx without end', flood, { error: 'deadline-exceeded' }],
  ])(
    '%s gets it again, and is fine then (D13)',
    async (_what, answer, facts) => {
      await start({ deadlineMs: 500 });
      sink.answerNext(answer);
      await lab.send('hi', { url: sink.url });
      const attempt = await lab.leapAfter(1);
      expect(attempt).toMatchObject({ outcome: 'failed', ...facts });
      const received = await sink.waitFor(4);
      expect(briefs(received)).toEqual(['WORKING', ...FINISHED]);
    },
  );

  it('nothing to one task is sent what others have meanwhile (D2)', async () => {
    await start();
    const gate = lab.newGate();
    sink.answerNext(heldBy(gate));
    const slow = await lab.send('hi', { url: sink.url });
    await gate.reached;
    const other = await lab.send('hi', { url: sink.url });
    await lab.recorder.waitFor(3);
    gate.open();
    const attempts = await lab.recorder.waitFor(6);
    expect(attempts.map(({ taskId }) => taskId)).toEqual([
      ...[other, other, other],
      ...[slow, slow, slow],
    ]);
  });

  it.each([301, 302, 303, 307, 308])(
    '%d is told nothing more than before, and nobody else anything (S13)',
    async (status) => {
      const target = await WebhookSink.open();
      await start();
      const targets = [
        target.url,
        `http://localhost:${target.port}/`,
        'http://169.254.169.254/latest/meta-data/',
        sink.url,
      ];
      sink.answerNext(
        ...targets.map((location) => answerWith(status, { location })),
      );
      await lab.send('hi', { url: sink.url, token: 'my-secret-token' });
      for (const [index] of targets.entries()) {
        const attempt = await lab.leapAfter(index + 1);
        expect(attempt).toMatchObject({ outcome: 'failed', status });
      }
      const received = await sink.waitFor(targets.length + FINISHED.length);
      expect(briefs(received.slice(targets.length))).toEqual(FINISHED);
      expect(target.connections).toBe(0);
      await target.close();
    },
  );

  it('over TLS as somebody whom nobody vouches for is told nothing (S21)', async () => {
    await start();
    const { key, certificate: cert } = selfSigned();
    let requests = 0;
    const server = createServer({ key, cert }, () => (requests += 1));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await lab.send('hi', { id: 'a', url: `https://127.0.0.1:${port}/` });
    expect(await lab.recorder.nth(1)).toMatchObject({
      outcome: 'failed',
      error: 'tls-failed',
    });
    await lab.logs.find(/^warn .*Webhook a of task .*failed: tls-failed/);
    server.close();
    await once(server, 'close');
    expect(requests).toBe(0);
  });

  it.each([400, 401, 403, 404, 413])(
    '%d for five days is given up, as one that fails (D12)',
    async (status) => {
      await start({ scheduleMs: [0, ...Array<number>(5).fill(2 * DAY)] });
      sink.answerNext(...Array<number>(5).fill(status));
      await lab.send('hi', { id: 'a', url: sink.url });
      const { at: since } = await lab.recorder.nth(1);
      let count = 1;
      while ((await lab.leapAfter(count)).nextAt! - since < 5 * DAY) count += 1;
      await lab.recorder.nth(count + 1);
      await lab.logs.find(
        new RegExp(`^error .*HTTP ${status}. The webhook is disabled`),
      );
      await lab.clock.leapTo(lab.clock.now() + 9 * DAY);
      const other = await lab.openSink();
      await lab.send('hi', { url: other.url });
      await other.waitFor(3);
      expect(sink.received).toHaveLength(count + 1);
    },
  );
});

describe('the credentials of a webhook', () => {
  it.each([
    ['Host', 'evil.example'],
    ['Content-Length', '0'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'close'],
  ])('set no header of the request: %s (S20)', async (scheme, credentials) => {
    const lab = await PushLab.start();
    const sink = await lab.openSink();
    const authentication = { scheme, credentials };
    await lab.send('hi', { url: sink.url, authentication });
    const [first] = await sink.waitFor(3);
    const { headers, raw } = first!;
    expect(headers.authorization).toBe(`${scheme} ${credentials}`);
    expect(headers.host).toBe(`127.0.0.1:${sink.port}`);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(raw)));
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(headersOf(sink.received, 'connection')).toEqual(
      Array(3).fill('keep-alive'),
    );
    await lab.close();
  });
});

describe('an artifact that is larger than a webhook may be', () => {
  it('is told by the state of its task, and the end arrives (D31)', async () => {
    const lab = await PushLab.start({ push: { maxBodyBytes: 1_000_000 } });
    const sink = await lab.openSink();
    lab.agent.worker.on('large', async (context) => {
      await context.emitText('x'.repeat(1_500_000), { artifactId: 'a' });
      await context.complete();
    });
    const taskId = await lab.send('large', { url: sink.url });
    const received = await sink.waitFor(3);
    expect(briefs(received)).toEqual(['WORKING', 'task:WORKING', 'COMPLETED']);
    const { task } = received[1]!.body as any;
    expect(task.id).toBe(taskId);
    expect(task.artifacts).toBeUndefined();
    const sequences = headersOf(received, 'a2a-event-sequence');
    const previous = headersOf(received, 'a2a-previous-sequence');
    expect(previous).toEqual(['0', ...sequences.slice(0, 2)]);
    await lab.close();
  });
});
