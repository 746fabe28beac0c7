import { WebhookSink } from '@nest-a2a/testing';
import { jsonRpc } from '../support/a2a-http.js';
import { NamedWebhooks } from '../support/named-webhooks.js';
import { CREATE } from '../support/push-lab.js';

describe('the registration of a webhook', () => {
  let lab: NamedWebhooks;
  let sink: WebhookSink;
  let taskId: string;

  beforeEach(async () => {
    sink = await WebhookSink.open();
  });
  afterEach(async () => {
    await lab.close();
    await sink.close();
  });

  /** A task that has ended: its webhooks have nothing to deliver. */
  const start = async (ports: number[]) => {
    lab = await NamedWebhooks.start('127.0.0.1', { ports });
    taskId = jsonRpc.result(await lab.send('')).task.id;
  };
  const register = async (url: string) => {
    const params = { taskId, id: 'a', url };
    const { status, body } = await jsonRpc.call(lab.url, CREATE, params);
    return JSON.stringify({ status, ...body, id: undefined });
  };

  it('says the same of ports where somebody listens and where nobody does, and connects to none (S23)', async () => {
    const closed = await WebhookSink.open();
    const ports = [sink.port, closed.port, 443];
    await closed.close();
    await start(ports);
    const answers = await Promise.all(
      ports.flatMap((port) =>
        ['127.0.0.1', '[::1]', 'localhost', '10.0.0.1'].map((host) =>
          register(`http://${host}:${port}/`),
        ),
      ),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('The host is not allowed');
    expect(sink.connections).toBe(0);
    expect(lab.lookedUp).toEqual([]);
  });

  it('asks no resolver and opens no connection where it is accepted, either (S8, S23)', async () => {
    await start([sink.port]);
    const url = `http://hooks.example.com:${sink.port}/`;
    expect(await register(url)).toContain(url);
    expect(sink.connections).toBe(0);
    expect(lab.lookedUp).toEqual([]);
    // The resolver would have been noticed: the next task's webhook asks it.
    jsonRpc.result(await lab.send('', url));
    expect((await lab.recorder.nth(1)).error).toBe('address-not-allowed');
    expect(lab.lookedUp).toEqual(['hooks.example.com']);
    expect(sink.connections).toBe(0);
  });
});
