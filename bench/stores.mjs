// What lists, claims and polls cost in a large database:
// npm run bench:stores -- sqlite [--small]
// npm run bench:stores -- postgres [--plans] [--small], on a server of its own
// npm run bench:stores -- postgres://user@host:port/database [--plans] [--small]
import {
  BUSY_AGENT,
  CALLER,
  CONTEXT,
  DUE,
  fillStatements,
  manyTenants,
  TASKS,
  TENANTS,
  WEBHOOKS,
} from './stores/fill.mjs';
import { openDatabase } from './stores/databases.mjs';

const ROUNDS = 30;
const WARM_UP = 5;
const CLAIM = { owner: 'bench', leaseMs: 60_000, max: 5, agents: [BUSY_AGENT] };

const [where = 'sqlite'] = process.argv.slice(2);
const showsPlans = process.argv.includes('--plans');
const database = await openDatabase(where);

/** Says how long a call takes, and how the database finds what it asks for. */
async function measure(title, call, after = async () => undefined) {
  const times = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    database.asked.length = 0;
    const begin = performance.now();
    const result = await call();
    if (round >= 0) times.push(performance.now() - begin);
    await after(result);
  }
  times.sort((a, b) => a - b);
  const median = times[ROUNDS / 2].toFixed(2);
  const most = times.at(-1).toFixed(2);
  console.log(`${title}: ${median} ms, at most ${most} ms`);
  if (showsPlans) await explain(call, after);
}

async function explain(call, after) {
  if (!database.explain) return;
  database.asked.length = 0;
  const result = await call();
  const asked = database.asked.splice(0);
  await after(result);
  for (const query of asked) {
    if (!/^\s*(select|with)/.test(query.text)) continue;
    for (const line of await database.explain(query)) {
      console.log(`    ${line}`);
    }
    console.log();
  }
}

const list = (query) => () =>
  database
    .store()
    .log.list(
      { pageSize: 50, includeArtifacts: false, ...query },
      { access: CALLER },
    );

async function release(claims) {
  for (const { fence } of claims) await database.store().work.release(fence);
}

/** What was asked before tenants had their turns, with the index it had; and what would be fair without one. */
async function measureOthers() {
  const task = database.table('task');
  await database.run(
    `create index bench_due on ${task} (due_at, num) where due_at is not null`,
  );
  await database.run(`vacuum analyze ${task}`);
  const oldest = `select num from ${task} where due_at <= 1e15 and agent = '${BUSY_AGENT}'
    order by due_at, num limit 5 for no key update skip locked`;
  const ranked = `select num from (
      select num, due_at, row_number() over (partition by tenant order by due_at, num) as place
      from ${task} where due_at <= 1e15 and agent = '${BUSY_AGENT}') as due
    order by place, due_at limit 5`;
  await measure('  the longest due of all (not fair)', () =>
    database.run(oldest),
  );
  await measure('  ranked within tenants (fair, reads all)', () =>
    database.run(ranked),
  );
}

try {
  for (const [what, text] of Object.entries(
    fillStatements(database.kind, database.table),
  )) {
    const begin = performance.now();
    await database.run(text);
    const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
    console.log(`filled: ${what}, ${seconds} s`);
  }
  await database.settle();

  console.log(`\n${TASKS.toLocaleString('en')} tasks of one caller`);
  await measure('  the first page of 50, with totalSize', list({}));
  const first = await list({})();
  const pageToken = first.nextPageToken;
  await measure('  the next page', list({ pageToken }));
  await measure('  a page of a state', list({ state: 'TASK_STATE_WORKING' }));
  await measure('  a page of a context', list({ contextId: CONTEXT }));
  await measure(
    '  tasks that changed since',
    list({ statusSince: TASKS - 40 }),
  );

  console.log(`\n${WEBHOOKS.toLocaleString('en')} idle webhooks`);
  const { push } = database.store();
  const due = { owner: 'bench', max: 64, perOrigin: 4, leaseMs: 1_000 };
  await measure('  a poll for due ones', () => push.claimDue(due));
  await measure('  when the next one is due', () => push.nextDueAt());

  console.log(
    `\n${DUE.toLocaleString('en')} due turns of one tenant, 50 of another`,
  );
  const claim = (command) => () => database.store().work.claim(command);
  await measure('  a claim of 5 turns', claim(CLAIM), release);
  await measure(
    '  a claim of an agent without any',
    claim({ ...CLAIM, agents: ['idle'] }),
  );
  await measure('  when the next turn is due', () =>
    database.store().work.nextDueAt([BUSY_AGENT, 'idle']),
  );
  if (database.kind === 'postgres') await measureOthers();

  console.log(
    `\n${TENANTS.toLocaleString('en')} more tenants with a due turn each`,
  );
  for (const text of manyTenants(database.kind, database.table)) {
    await database.run(text);
  }
  await database.settle();
  await measure('  a claim of 5 turns', claim(CLAIM), release);
  await measure(
    '  a claim of 100 turns',
    claim({ ...CLAIM, max: 100 }),
    release,
  );
} finally {
  await database.close();
}
