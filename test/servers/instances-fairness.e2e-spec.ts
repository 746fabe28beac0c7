import { httpJson, sendParams } from '../support/a2a-http.js';
import { InstanceLab } from '../support/instance-lab.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { type TestAgent } from '../support/test-agent.js';
import { until } from '../support/until.js';

const WAITING = 60;

describeWithPostgres('tenants of instances that have too little room', () => {
  let lab: InstanceLab;

  beforeAll(async () => {
    lab = await InstanceLab.open();
  }, 60_000);

  afterEach(() => lab.endTest());

  afterAll(() => lab.stop());

  async function send({ url }: TestAgent, tenant: string): Promise<void> {
    const configuration = { returnImmediately: true };
    const params = sendParams('work', { configuration });
    const path = `${url}/${tenant}`;
    const { status } = await httpJson.call(path, 'SendMessage', params);
    expect(status).toBe(200);
  }

  it('get their turns although another one has been first with many', async () => {
    const tenants = true;
    const api = await lab.start({ tenants, roles: ['api'] });
    const turn = { concurrency: 1 };
    const workers = [
      await lab.start({ tenants, turn, roles: ['worker'] }),
      await lab.start({ tenants, turn, roles: ['worker'] }),
    ];
    const begun: string[] = [];
    const gate = lab.newGate();
    for (const { worker } of workers) {
      worker.on('work', async (context) => {
        begun.push(context.tenant);
        await gate.pass();
        await context.complete();
      });
    }
    for (let sent = 0; sent < WAITING; sent += 1) await send(api, 'large');
    await send(api, 'small');
    await send(api, 'small');
    gate.open();
    const isThrough = async () => begun.length === WAITING + 2;
    await until(isThrough, 'all turns');
    // Each of the two instances goes round by itself.
    const last = begun.lastIndexOf('small');
    expect(last).toBeLessThan(10);
  }, 60_000);
});
