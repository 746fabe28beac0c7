import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { join } from 'node:path';
import { httpJson, sendParams } from '../support/a2a-http.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { insertInvoice, TransactionLab } from '../support/transaction-lab.js';

const SUPPORT = join(process.cwd(), 'test/support');

describeWithPostgres('withTransaction in a process that dies', () => {
  let lab: TransactionLab;

  beforeAll(async () => {
    lab = await TransactionLab.start();
  });

  afterAll(() => lab.close());

  jest.setTimeout(120_000);

  it('leaves neither the row nor the events, and another instance does both', async () => {
    const child = fork(
      join(SUPPORT, 'run-typescript.mjs'),
      [join(SUPPORT, 'paying-agent.ts'), lab.server.url],
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    );
    const exited = once(child, 'exit');
    const messages = on(child, 'message', { close: ['exit'] });
    const next = async () => (await messages.next()).value?.[0];
    const { address } = await next();
    const params = sendParams('pay', {
      configuration: { returnImmediately: true },
    });
    const { body } = await httpJson.call(address, 'SendMessage', params);
    const { id } = body.task;
    expect(await next()).toEqual({ isHolding: true });
    child.kill('SIGKILL');
    await exited;
    expect(await lab.invoices()).toEqual([]);
    expect(await lab.brief(id)).toEqual(['task', 'WORKING']);

    const attempts: number[] = [];
    const client = await lab.pool().connect();
    const { worker } = await lab.agent();
    worker.on('pay', (context) => {
      attempts.push(context.attempt);
      return context.withTransaction(client, async () => {
        await insertInvoice(client, 'paid');
        await context.complete('Paid.');
      });
    });
    await lab.untilInvoice('paid');
    client.release();
    expect(attempts).toEqual([2]);
    expect(await lab.brief(id)).toEqual([
      'task',
      'WORKING',
      'artifactUpdate',
      'COMPLETED',
    ]);
  });
});
