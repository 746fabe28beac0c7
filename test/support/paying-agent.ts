// An instance of an application that stops in the middle of a transaction:
// the row and the events are written, and not committed.
// node run-typescript.mjs paying-agent.ts <url of the database>
import { postgres } from '@nest-a2a/postgres';
import { type TransactionRunner } from '@nest-a2a/server';
import pg from 'pg';
import { DURABLE_PUSH } from './shared-runtime.js';
import { startAgent } from './test-agent.js';

const url = process.argv[2] ?? '';

const neverCommitting: TransactionRunner<pg.Client> = async (work) => {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('begin');
  await work(client, client);
  process.send?.({ isHolding: true });
  await new Promise(() => undefined);
};

async function main(): Promise<void> {
  const turn = { leaseMs: 3_000, heartbeatMs: 500 };
  const { url: address, worker } = await startAgent({
    options: { runtime: postgres({ url }), push: DURABLE_PUSH, turn },
  });
  worker.on('pay', (context) =>
    context.withTransaction(neverCommitting, async (client) => {
      await client.query("insert into invoice values ('paid')");
      await context.complete('Paid.');
    }),
  );
  process.send?.({ address });
}

void main();
