import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeTaskStore, describeWakeBus } from '@nest-a2a/store/contract';
import { FakeClock } from '@nest-a2a/testing';
import { describeWithDrivers } from '../test/drivers.js';
import { sqlite } from './sqlite.js';
import { type SqliteDriver } from './sqlite-driver.js';

const runner = { describe, it, beforeEach, afterEach };

async function openWith(driver: SqliteDriver) {
  const clock = new FakeClock();
  const folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
  const file = join(folder, 'tasks.db');
  const runtime = await sqlite({ file, driver }).open({ clock });
  return {
    ...runtime,
    advance: (ms: number) => clock.advance(ms),
    close: async () => {
      await runtime.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describeWithDrivers('sqlite, with', (load) => {
  const open = async () => openWith(await load());
  describeTaskStore(runner, { open });
  describeWakeBus(runner, { open });
});
