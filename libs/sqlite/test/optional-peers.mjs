// Run by scripts/test-packages.mjs with and without the peers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

async function openFile(load, options = {}) {
  const { sqlite } = await load('@nest-a2a/sqlite');
  const { systemClock } = await load('@nest-a2a/store');
  const folder = mkdtempSync(join(tmpdir(), 'a2a-packages-'));
  try {
    const runtime = sqlite({ file: join(folder, 'tasks.db'), ...options });
    const { store, close } = await runtime.open({ clock: systemClock });
    await store.health();
    await close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export default [
  {
    name: 'a file with the default driver',
    needs: ['libsql'],
    use: (load) => openFile(load),
  },
  {
    name: 'a file with node:sqlite',
    needs: [],
    node: 22,
    use: async (load) => {
      const { nodeSqliteDriver } = await load('@nest-a2a/sqlite');
      await openFile(load, { driver: nodeSqliteDriver() });
    },
  },
];
