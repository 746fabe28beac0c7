import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeTaskStore, describeWakeBus } from '@nest-a2a/store/contract';
import { FakeClock } from '@nest-a2a/testing';
import { sqlite } from './sqlite.js';

const runner = { describe, it, beforeEach, afterEach };

async function open() {
  const clock = new FakeClock();
  const folder = mkdtempSync(join(tmpdir(), 'a2a-sqlite-'));
  const runtime = await sqlite({ file: join(folder, 'tasks.db') }).open({
    clock,
  });
  return {
    ...runtime,
    advance: (ms: number) => clock.advance(ms),
    close: async () => {
      await runtime.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describe('sqlite', () => {
  describeTaskStore(runner, { open });
  describeWakeBus(runner, { open });
});
