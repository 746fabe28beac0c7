import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenRuntime, systemClock } from '@nest-a2a/store';
import { libsqlDriver } from './libsql-driver.js';
import { type SqliteConnection } from './sqlite-driver.js';
import { sqlite } from './sqlite.js';

const SCOPE = { agent: 'a', tenant: 't', principal: 'p' };

describe('sqlite, asked what it would do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
  const asked: string[] = [];
  let connection: SqliteConnection;
  let runtime: OpenRuntime;

  beforeAll(async () => {
    const driver = await libsqlDriver();
    const noting = (file: string) => {
      const opened = driver(file);
      connection = {
        get inTransaction() {
          return opened.inTransaction;
        },
        exec: (sql) => opened.exec(sql),
        close: () => opened.close(),
        prepare: (sql) => {
          asked.push(sql);
          return opened.prepare(sql);
        },
      };
      return connection;
    };
    runtime = await sqlite({
      file: join(folder, 'tasks.db'),
      driver: noting,
    }).open({ clock: systemClock });
  });
  afterAll(async () => {
    await runtime.close();
    rmSync(folder, { recursive: true });
  });

  /** How each statement of a call finds its rows. */
  const plansOf = async (call: () => Promise<unknown>) => {
    asked.length = 0;
    await call();
    expect(asked.length).toBeGreaterThan(0);
    return [...asked]
      .flatMap((sql) => connection.prepare(`explain query plan ${sql}`).all([]))
      .map(({ detail }) => String(detail));
  };
  const list = (query: object) => () =>
    runtime.store.log.list(
      { pageSize: 5, includeArtifacts: false, ...query },
      { access: SCOPE },
    );

  it.each<[string, () => Promise<unknown>, string[]]>([
    ['a page of tasks', list({}), ['task_list', 'task_count']],
    [
      'a page of a state',
      list({ state: 'TASK_STATE_WORKING' }),
      ['task_list_state', 'task_count'],
    ],
    ['a page of a context', list({ contextId: 'c' }), ['task_list_context']],
    [
      'due turns',
      () =>
        runtime.store.work.claim({
          owner: 'o',
          max: 1,
          leaseMs: 1,
          agents: ['a'],
        }),
      ['task_due_tenant'],
    ],
    [
      'when the next turn is due',
      () => runtime.store.work.nextDueAt(['a']),
      ['task_due_agent'],
    ],
    [
      'due webhooks',
      () =>
        runtime.store.push.claimDue({
          owner: 'o',
          max: 1,
          perOrigin: 1,
          leaseMs: 1,
        }),
      ['push_due', 'push_held'],
    ],
    ['the next webhook', () => runtime.store.push.nextDueAt(), ['push_held']],
    [
      'what may be removed',
      () =>
        runtime.store.log.purge({
          finishedBefore: 1,
          keepFinished: 1,
          limit: 1,
        }),
      ['task_finished'],
    ],
  ])(
    'finds %s by an index, without a look at every row',
    async (_what, call, indexes) => {
      const plans = await plansOf(call);
      for (const index of indexes) {
        expect(plans.some((detail) => detail.includes(`INDEX ${index}`))).toBe(
          true,
        );
      }
      expect(plans.filter((detail) => /^SCAN [tph]$/.test(detail))).toEqual([]);
    },
  );
});
