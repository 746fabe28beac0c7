import { type AddressInfo } from 'node:net';
import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../apps/webhook-receiver/src/app.module.js';

const TOKEN = { 'X-A2A-Notification-Token': 'my-secret-token' };
const A2A_JSON = 'application/a2a+json';

describe('the webhook receiver', () => {
  let app: INestApplication;
  let url: string;
  let printed: string[];

  beforeEach(async () => {
    const building = Test.createTestingModule({ imports: [AppModule] });
    const module = await building.compile();
    app = module.createNestApplication({
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
    printed = [];
    jest
      .spyOn(console, 'log')
      .mockImplementation((line: string) => void printed.push(line));
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  async function notify(
    body: object,
    headers: Record<string, string> = TOKEN,
    type = A2A_JSON,
  ) {
    const response = await fetch(`${url}/webhook`, {
      method: 'POST',
      headers: { 'Content-Type': type, ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, answer: (await response.json()) as any };
  }

  const notifications = async (): Promise<any> =>
    (await fetch(`${url}/notifications`)).json();

  const status = (state: string) => ({ taskId: 't', status: { state } });

  it('keeps what arrives in that order, and prints whose news it is', async () => {
    const bodies = [
      { statusUpdate: status('TASK_STATE_WORKING') },
      { artifactUpdate: { taskId: 't', artifact: { artifactId: 'a' } } },
      { statusUpdate: status('TASK_STATE_INPUT_REQUIRED') },
      { task: { id: 't', status: { state: 'TASK_STATE_COMPLETED' } } },
    ];
    for (const body of bodies) {
      const { status: code, answer } = await notify(body);
      expect([code, answer]).toEqual([200, { status: 'received' }]);
    }
    expect(await notifications()).toEqual({ count: 4, notifications: bodies });
    expect(printed).toEqual([
      '[WEBHOOK] Task: t  State: working',
      '[WEBHOOK] Task: t  State: artifact',
      '[WEBHOOK] Task: t  State: input-required',
      '[WEBHOOK] Task: t  State: completed',
    ]);
  });

  it('reads the bare Task of 0.3 as well', async () => {
    const task = { id: 't', kind: 'task', status: { state: 'input-required' } };
    const { status: code } = await notify(task, TOKEN, 'application/json');
    expect(code).toBe(200);
    const { notifications: kept } = await notifications();
    expect(kept).toEqual([task]);
    expect(printed).toEqual(['[WEBHOOK] Task: t  State: input-required']);
  });

  it.each([{}, { 'X-A2A-Notification-Token': 'my-secret-token2' }])(
    'keeps nothing that comes with %j',
    async (headers) => {
      const body = { statusUpdate: status('TASK_STATE_WORKING') };
      const { status: code, answer } = await notify(body, headers);
      expect([code, answer]).toEqual([401, { error: 'Invalid token' }]);
      expect(await notifications()).toEqual({ count: 0, notifications: [] });
      expect(printed).toEqual([]);
    },
  );

  it('keeps nothing that is no notification, and nothing twice', async () => {
    const refused = await notify({ invoice: 7 });
    expect([refused.status, refused.answer]).toEqual([
      400,
      { error: 'Invalid body' },
    ]);
    const body = { statusUpdate: status('TASK_STATE_WORKING') };
    const headers = { ...TOKEN, 'webhook-id': 'evt_1' };
    await notify(body, headers);
    const again = await notify(body, headers);
    expect([again.status, again.answer]).toEqual([
      200,
      { status: 'duplicate' },
    ]);
    expect(await notifications()).toEqual({ count: 1, notifications: [body] });
  });
});
