import { type OpenRuntime, SYSTEM_CONTEXT } from '@nest-a2a/store';
import { keyOf } from '@nest-a2a/store/sql';
import {
  PostgresFixture,
  SCOPE,
  withClients,
} from '../test/postgres-fixture.js';
import type pg from 'pg';
import { describeWithPostgres } from '../test/postgres-server.js';
import { type PgPool, type PgQuery } from './pg-driver.js';

const ROWS = 60_000;

/** A plan as PostgreSQL explains it. */
interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

describeWithPostgres('postgres, with many rows', () => {
  const fixture = new PostgresFixture();
  const asked: PgQuery[] = [];
  let runtime: OpenRuntime;

  beforeAll(async () => {
    await fixture.start();
    runtime = await fixture.open({
      pool: listening(fixture.pool()),
      wake: 'poll',
    });
    await fill();
  }, 60_000);
  afterAll(async () => {
    await fixture.closeAll();
    await fixture.stop();
  });

  /** A pool that notes what is asked. */
  function listening(pool: pg.Pool): PgPool {
    return withClients(pool, (client) => ({
      query: (query) => {
        asked.push(typeof query === 'string' ? { text: query } : query);
        return client.query(query);
      },
    }));
  }

  async function fill(): Promise<void> {
    await fixture.query(
      `insert into $schema.task (id, agent, tenant, principal, scope_key, context_id, context_key, was_announced,
         version, state, list_rank, is_announced, finished_at, turn, due_at, epoch, expirations, is_begun, push_mask,
         last_updates, last_status, last_terminal, last_all, tail_bytes)
       select 't' || n, $2, $3, $4, case when n % 20 < 2 then $1 else 'scope' || n % 20 end, 'c' || n,
         case when n / 20 = 7 then $5 else 'c' || n / 20 end, true, 3,
         case when n % 10 = 0 then 'TASK_STATE_WORKING' else 'TASK_STATE_COMPLETED' end,
         -n, true, case when n % 10 = 0 then null else n end, 1, case when n % 1000 = 0 then n end,
         0, 0, false, 2, 2, 2, 2, 2, 10
       from generate_series(1, ${ROWS}) as n`,
      [
        keyOf(SCOPE),
        SCOPE.agent,
        SCOPE.tenant,
        SCOPE.principal,
        keyOf(SCOPE, 'c7'),
      ],
    );
    await fixture.query(
      `insert into $schema.push (task, config_id, protocol_version, selects, origin, sealed, state, done_seq,
         previous_seq, failures, is_held, epoch, due_at)
       select num, 'hook', '1.0', 'status', 'https://o' || num % 50 || '.example', '', 'active', 2, 0, 0, false, 0,
         case when num % 5000 = 0 then num end
       from $schema.task`,
    );
    await fixture.query(`insert into $schema.snapshot (task, version, head)
       select num, 3, '{"task":{"id":"t","status":{"state":"TASK_STATE_WORKING"}},"isAnnounced":true}' from $schema.task`);
    await fixture.query('vacuum analyze $schema.snapshot');
    await fixture.query('vacuum analyze $schema.task');
    await fixture.query('vacuum analyze $schema.push');
  }

  /** Turns of one tenant of an agent that are due. */
  async function fillDue(count: number, tenant: string, key: string) {
    await fixture.query(
      `insert into $schema.task (id, agent, tenant, tenant_key, principal, scope_key, context_id, context_key,
         was_announced, version, state, list_rank, is_announced, turn, due_at, epoch, expirations, is_begun, push_mask,
         last_updates, last_status, last_terminal, last_all, tail_bytes)
       select $1 || n, 'busy', $1, $2, '', 'busy', 'c', 'c', true, 1, 'TASK_STATE_SUBMITTED', -n, true, 1, n, 0, 0,
         false, 0, 0, 0, 0, 0, 0
       from generate_series(1, $3::int) as n`,
      [tenant, key, count],
    );
    await fixture.query(
      `insert into $schema.event (task, seq, id, kind, body, turn_body, bytes, written_at, turn, epoch)
       select num, 1, id, 'task', '{"task":{"id":"t","contextId":"c","status":{"state":"TASK_STATE_SUBMITTED"}}}', '{}', 2, 1, 1, 0
       from $schema.task where tenant = $1`,
      [tenant],
    );
    await fixture.query('vacuum analyze $schema.task');
  }

  /** The indexes and the kinds of scans that a call uses. */
  async function plansOf(
    call: () => Promise<unknown>,
    isWanted: (text: string) => boolean,
  ) {
    asked.length = 0;
    await call();
    const nodes: Plan[] = [];
    for (const { text, values } of asked.filter((query) =>
      isWanted(query.text),
    )) {
      const [row] = await fixture.query(
        `explain (analyze, format json) ${text}`,
        [...(values ?? [])],
      );
      const open = [(row?.['QUERY PLAN'] as { Plan: Plan }[])[0]?.Plan];
      for (let node = open.pop(); node; node = open.pop()) {
        nodes.push(node);
        open.push(...(node.Plans ?? []));
      }
    }
    expect(nodes.length).toBeGreaterThan(0);
    return nodes;
  }

  const list = (query: object) => () =>
    runtime.store.log.list(
      { pageSize: 50, includeArtifacts: false, ...query },
      { access: SCOPE },
    );
  const isCount = (text: string) => text.startsWith('select count(*)');
  const isPage = (text: string) => text.includes('order by t.list_rank');
  /** Of redeliveries there are few, here none: an index of them would be the long way. */
  const kindsOf = (nodes: readonly Plan[]) =>
    nodes
      .filter((node) => node['Relation Name'] !== 'redelivery')
      .map((node) => node['Node Type']);

  it.each([
    ['all tasks', {}, 'task_list'],
    ['a state', { state: 'TASK_STATE_WORKING' }, 'task_list_state'],
    ['a context', { contextId: 'c7' }, 'task_list_context'],
  ])(
    'answers a page of %s from one range of an index, and counts from it alone',
    async (_title, query, index) => {
      const page = await plansOf(list(query), isPage);
      expect(page.map((node) => node['Index Name'])).toContain(index);
      expect(kindsOf(page)).not.toContain('Seq Scan');
      const count = await plansOf(list(query), isCount);
      expect(kindsOf(count)).not.toContain('Seq Scan');
      // The few tasks of one context may as well be sorted.
      if (!('contextId' in query)) {
        expect(kindsOf(page)).not.toContain('Sort');
        expect(kindsOf(count)).toContain('Index Only Scan');
      }
    },
  );

  it('continues a list where the last page ended without reading what lies before', async () => {
    const first = await list({})();
    const next = await plansOf(
      list({ pageToken: first.nextPageToken }),
      isPage,
    );
    expect(next.map((node) => node['Index Name'])).toContain('task_list');
    expect(kindsOf(next)).not.toContain('Sort');
  });

  it('finds due turns by an index that holds nothing else', async () => {
    const claim = () =>
      runtime.store.work
        .claim({ owner: 'o', leaseMs: 1, max: 5, agents: [SCOPE.agent] })
        .catch(() => []);
    const nodes = await plansOf(claim, (text) => text.includes('skip locked'));
    expect(nodes.map((node) => node['Index Name'])).toContain(
      'task_due_tenant',
    );
    expect(kindsOf(nodes)).not.toContain('Seq Scan');
  });

  it('reads no more to give out turns fairly where one tenant has 100,000 that are due', async () => {
    await fillDue(100_000, 'large', 'large key');
    await fillDue(3, 'small', 'small key');
    const claim = { owner: 'o', leaseMs: 60_000, max: 5, agents: ['busy'] };
    const isOfTurns = (text: string) =>
      /with recursive queue|"tenantKey"|select min\(\(/.test(text);
    const nodes = await plansOf(async () => {
      const claims = await runtime.store.work.claim(claim);
      const tenants = claims.map(({ record }) => record.scope.tenant);
      expect(tenants.sort()).toEqual([
        ...Array(3).fill('large'),
        ...Array(2).fill('small'),
      ]);
      await runtime.store.work.nextDueAt(['busy']);
    }, isOfTurns);
    expect(kindsOf(nodes)).not.toContain('Seq Scan');
    const indexes = nodes.map((node) => node['Index Name']);
    expect(indexes).toEqual(
      expect.arrayContaining(['task_due_tenant', 'task_due_agent']),
    );
    const mostRows = Math.max(
      ...nodes.map(
        (node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0),
      ),
    );
    expect(mostRows).toBeLessThan(20);
  });

  it('finds due webhooks by an index in which idle ones are not', async () => {
    const claim = () =>
      runtime.store.push.claimDue({
        owner: 'o',
        max: 5,
        perOrigin: 2,
        leaseMs: 1,
      });
    const nodes = await plansOf(claim, (text) =>
      text.includes('with recursive'),
    );
    expect(nodes.map((node) => node['Index Name'])).toContain(
      'push_due_tenant',
    );
    expect(kindsOf(nodes)).not.toContain('Seq Scan');
    const [size] = await fixture.query(
      `select count(*)::int as n from $schema.push where due_at is not null`,
    );
    expect(size?.n).toBe(ROWS / 5000);
  });

  it('finds what waits for origins without a look at what does not', async () => {
    const nodes = await plansOf(
      () => runtime.store.push.backlog({ limit: 100 }),
      (text) => text.includes('written_at'),
    );
    const indexes = nodes.map((node) => node['Index Name']);
    expect(indexes).toContainEqual(expect.stringMatching(/^push_due/));
    expect(indexes).toEqual(
      expect.arrayContaining(['event_pkey', 'task_pkey']),
    );
    expect(kindsOf(nodes)).not.toContain('Seq Scan');
  });

  /** Webhooks of one tenant for one origin that are due. */
  async function fillWebhooks(count: number, tenant: string, origin: string) {
    await fixture.query(
      `insert into $schema.push (task, config_id, protocol_version, selects, origin, sealed, state, done_seq,
         previous_seq, failures, is_held, epoch, due_at, tenant_key)
       select t.num, $1 || $2 || n, '1.0', 'status', $2, '', 'active', 0, 0, 0, false, 0, n, $1
       from generate_series(1, $3::int) as n,
         (select max(num) as num from $schema.task) as t`,
      [tenant, origin, count],
    );
  }

  it('reads no more to share an origin where one tenant has 100,000 webhooks that are due, nor where its breaker is open (D24)', async () => {
    await fillWebhooks(100_000, 'large', 'https://a.example');
    await fillWebhooks(1, 'small', 'https://a.example');
    await fillWebhooks(100_000, 'large', 'https://b.example');
    await fillWebhooks(1, 'small', 'https://b.example');
    await fixture.query(
      `insert into $schema.push_origin (origin, tenant_key, agent, tenant, failures, open_until)
       select 'https://' || case n when 1 then 'b' else 'x' || n end || '.example', 'large', '', '', 9, 9999999999999
       from generate_series(1, 1000) as n`,
    );
    await fixture.query('vacuum analyze $schema.push');
    await fixture.query('analyze $schema.push_origin');
    const { push } = runtime.store;
    const claim = { owner: 'o', max: 50, perOrigin: 4, leaseMs: 60_000 };
    const nodes = await plansOf(
      async () => {
        // Of a: three of one tenant and one of the other; of b: what the other has.
        const due = await push.claimDue(claim);
        const origins = due.map(({ config }) => config.origin).sort();
        expect(origins).toEqual([
          ...Array(4).fill('https://a.example'),
          'https://b.example',
          ...Array(4).fill('https://o0.example'),
        ]);
        await push.nextDueAt();
      },
      (text) => /with recursive origin/.test(text),
    );
    expect(kindsOf(nodes)).not.toContain('Seq Scan');
    expect(nodes.map((node) => node['Index Name'])).toEqual(
      expect.arrayContaining(['push_due_tenant', 'push_due', 'push_held']),
    );
    const mostRows = Math.max(
      ...nodes.map(
        (node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0),
      ),
    );
    expect(mostRows).toBeLessThan(60);
  });

  it('finds what may be removed by the time at which it ended', async () => {
    const purge = () =>
      runtime.store.log.purge({
        finishedBefore: 5,
        keepFinished: 10_000_000,
        limit: 3,
      });
    const nodes = await plansOf(purge, (text) => text.includes('finished_at'));
    expect(nodes.map((node) => node['Index Name'])).toContain('task_finished');
    expect(kindsOf(nodes)).not.toContain('Seq Scan');
    const left = await runtime.store.log.versions(['t1', 't9'], SYSTEM_CONTEXT);
    expect([...left.keys()]).toEqual(['t9']);
  });

  it('counts the origins of a tenant with one look for each, however many webhooks it has', async () => {
    const tenantKey = keyOf({ ...SCOPE, principal: '' });
    await fillWebhooks(100_000, tenantKey, 'https://known1.example');
    await fillWebhooks(10, tenantKey, 'https://known2.example');
    await fixture.query('vacuum analyze $schema.push');
    const taskId = `t${ROWS}`;
    const config = {
      id: 'new',
      protocolVersion: '1.0',
      select: 'status',
      origin: 'https://new.example',
      sealed: Uint8Array.of(1),
    } as const;
    const origins = { max: 50, maxNew: 9, newWithinMs: 60_000 };
    const nodes = await plansOf(
      () =>
        runtime.store.push.put(
          { taskId, config, maxPerTask: 9, origins },
          SYSTEM_CONTEXT,
        ),
      (text) => /is_known|count\(name\)/.test(text),
    );
    expect(kindsOf(nodes)).not.toContain('Seq Scan');
    expect(nodes.map((node) => node['Index Name'])).toContain(
      'push_tenant_origin',
    );
    const mostRows = Math.max(...nodes.map((node) => node['Actual Rows']));
    expect(mostRows).toBeLessThan(5);
  });
});
