import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenRuntime, SYSTEM_CONTEXT } from '@nest-a2a/store';
import { FakeClock } from '@nest-a2a/testing';
import { libsqlDriver } from './libsql-driver.js';
import { type SqliteConnection } from './sqlite-driver.js';
import { sqlite } from './sqlite.js';

const SCOPE = { agent: 'reports', tenant: '', principal: 'alice' };
const HOUR = 3_600_000;

describe('sqlite, with rows that cannot be read', () => {
  let folder: string;
  let clock: FakeClock;
  let connection: SqliteConnection;
  let runtime: OpenRuntime;
  let warnings: string[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
    clock = new FakeClock();
    warnings = [];
    const libsql = await libsqlDriver();
    runtime = await sqlite({
      file: join(folder, 'tasks.db'),
      driver: (file) => (connection = libsql(file)),
      onWarning: (text) => {
        warnings.push(text);
        throw new Error('a listener that fails');
      },
    }).open({ clock });
  });
  afterEach(async () => {
    await runtime.close();
    rmSync(folder, { recursive: true });
  });

  async function createTask(taskId: string): Promise<void> {
    const contextId = randomUUID();
    const status = { state: 'TASK_STATE_SUBMITTED' } as const;
    const task = { id: taskId, contextId, status };
    const first = { id: randomUUID(), body: { kind: 'task', task, turn: {} } };
    await runtime.store.log.create(
      {
        scope: SCOPE,
        taskId,
        contextId,
        isAnnounced: true,
        events: [first as never],
      },
      SYSTEM_CONTEXT,
    );
  }

  const claim = async () => {
    const command = { owner: 'o', leaseMs: 9 * HOUR, max: 9 };
    const agents = [SCOPE.agent];
    const claims = await runtime.store.work.claim({ ...command, agents });
    return claims.map(({ record }) => record.task.id);
  };

  const write = (text: string, column: string) =>
    connection.exec(
      `update event set ${column} = '${text}'
       where task = (select num from task where id = 'bad')`,
    );

  it.each([
    ['a body that is no JSON', '{"secret', 'body'],
    ['a turn that is no JSON', '{"secret', 'turn_body'],
    ['a kind that nobody knows', 'secret', 'kind'],
  ])(
    'claims the tasks beside one that has %s, and tells the operator',
    async (_what, text, column) => {
      for (const id of ['first', 'bad', 'last']) {
        await createTask(id);
      }
      write(text, column);
      expect((await claim()).sort()).toEqual(['first', 'last']);
      expect(warnings).toEqual([expect.stringContaining('Task bad cannot be')]);
      expect(warnings.join()).not.toContain('secret');
      expect(await claim()).toEqual([]);
      expect(warnings).toHaveLength(1);
    },
  );

  it('tries again after an hour, and runs a task that was repaired', async () => {
    await createTask('bad');
    const [{ body } = {}] = connection
      .prepare('select body from event')
      .all([]);
    write('{', 'body');
    expect(await claim()).toEqual([]);
    expect(await runtime.store.work.nextDueAt([SCOPE.agent])).toBe(
      clock.now() + HOUR,
    );
    await clock.advance(HOUR);
    expect(await claim()).toEqual([]);
    expect(warnings).toHaveLength(2);
    write(String(body), 'body');
    await clock.advance(HOUR);
    expect(await claim()).toEqual(['bad']);
  });
});
