import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@nest-a2a/sqlite';
import { type OpenRuntime, SYSTEM_CONTEXT, systemClock } from '@nest-a2a/store';
import { until } from '../support/until.js';

const SUPPORT = join(process.cwd(), 'test/support');
const TASKS = 20;

describe('a process that is killed while it writes to its SQLite file', () => {
  let folder: string;
  let runtime: OpenRuntime | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-crash-'));
  });

  afterEach(async () => {
    await runtime?.close();
    rmSync(folder, { recursive: true });
  });

  it('leaves what it has confirmed to the one that opens the file next', async () => {
    const file = join(folder, 'tasks.db');
    const child = fork(
      join(SUPPORT, 'run-typescript.mjs'),
      [join(SUPPORT, 'sqlite-writer.ts'), file],
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    );
    const closed = once(child, 'close');
    const confirmed: string[] = [];
    child.on('message', (message: { confirmed: string }) =>
      confirmed.push(message.confirmed),
    );
    try {
      await until(() => confirmed.length >= TASKS, 'confirmed tasks', 60_000);
    } finally {
      child.kill('SIGKILL');
    }
    expect(await closed).toEqual([null, 'SIGKILL']);

    runtime = await sqlite({ file }).open({ clock: systemClock });
    const { log } = runtime.store;
    for (const taskId of confirmed) {
      const record = await log.load(taskId, {}, SYSTEM_CONTEXT);
      expect(record).toMatchObject({ version: 2, task: { id: taskId } });
      const page = { after: 1, limit: 10 };
      expect(await log.read(taskId, page, SYSTEM_CONTEXT)).toMatchObject([
        { seq: 2, body: { kind: 'step', key: 'k', value: taskId } },
      ]);
    }
  }, 90_000);
});
