import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DeliveryAttempt,
  type OpenRuntime,
  systemClock,
} from '@nest-a2a/store';
import { libsqlDriver } from './libsql-driver.js';
import { type SqliteConnection } from './sqlite-driver.js';
import { sqlite } from './sqlite.js';

const SCOPE = { agent: 'a', tenant: 't', principal: 'p' };
const CLAIM = { owner: 'o', max: 9, perOrigin: 9, leaseMs: 60_000 };
const DOWN = {
  kind: 'down',
  breaker: { failures: 1, openMs: 1, maxOpenMs: 1 },
} as const;

describe('sqlite, asked for webhooks of an origin that fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
  const asked: string[] = [];
  let connection: SqliteConnection;
  let runtime: OpenRuntime;

  beforeAll(async () => {
    const driver = await libsqlDriver();
    const noting = (file: string) => {
      connection = driver(file);
      const prepare = connection.prepare.bind(connection);
      return Object.assign(Object.create(connection) as SqliteConnection, {
        prepare: (sql: string) => {
          asked.push(sql);
          return prepare(sql);
        },
      });
    };
    const file = join(folder, 'tasks.db');
    runtime = await sqlite({ file, driver: noting }).open({
      clock: systemClock,
    });
  });
  afterAll(async () => {
    await runtime.close();
    rmSync(folder, { recursive: true });
  });

  /** A task with a webhook for which something is due. */
  async function createDue(): Promise<void> {
    const status = { state: 'TASK_STATE_SUBMITTED' } as const;
    const task = { id: 'task', contextId: 'c', status };
    const config = {
      id: 'hook',
      protocolVersion: '1.0',
      select: 'status',
      origin: 'https://hooks.example',
      sealed: Uint8Array.of(),
    } as const;
    const statusUpdate = { taskId: 'task', contextId: 'c', status };
    await runtime.store.log.create(
      {
        scope: SCOPE,
        taskId: 'task',
        contextId: 'c',
        isAnnounced: true,
        push: { config, maxPerTask: 1 },
        events: [
          { id: '1', body: { kind: 'task', task, turn: {} } },
          { id: '2', body: { kind: 'statusUpdate', statusUpdate } },
        ],
      },
      { access: SCOPE },
    );
  }

  it('finds what each tenant has for an origin, and its breaker, by indexes', async () => {
    const { push, log } = runtime.store;
    await createDue();
    const [due] = await push.claimDue(CLAIM);
    const attempt: DeliveryAttempt = {
      taskId: 'task',
      configId: 'hook',
      seq: 2,
      attempt: 1,
      at: 1,
      durationMs: 1,
      outcome: 'failed',
      nextAt: 1,
    };
    const failed = { attempt, disable: false, origin: DOWN };
    expect(await push.fail(due!.fence, failed)).toMatchObject({
      origin: { kind: 'opened' },
    });
    await push.nextDueAt();
    await log.purge({ finishedBefore: 1, keepFinished: 1, limit: 1 });
    const plans = asked
      .filter((sql) => /\bpush\b|push_origin/.test(sql))
      .flatMap((sql) => connection.prepare(`explain query plan ${sql}`).all([]))
      .map(({ detail }) => String(detail));
    expect(plans).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /INDEX push_due_tenant \(origin=\? AND tenant_key[>=]/,
        ),
        expect.stringMatching(
          /\bb USING PRIMARY KEY \(origin=\? AND tenant_key=\?/,
        ),
        expect.stringMatching(/push_origin USING PRIMARY KEY \(origin=\?\)/),
      ]),
    );
    expect(
      plans.filter((detail) => /^SCAN (?:[bhp]|push)\b/.test(detail)),
    ).toEqual([]);
  });
});
