import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Runtime, systemClock } from '@nest-a2a/store';
import { storageOf as ofConformance } from '../../apps/conformance-agent/src/runtime.js';
import { storageOf as ofReports } from '../../apps/report-agent/src/runtime.js';
import { ENCRYPTION_KEY as A2A_ENCRYPTION_KEY } from '../support/test-runtime.js';

const SHAPE = 'RUNTIME must be memory, sqlite:<file> or postgres:<url>';

describe.each([
  ['report', ofReports],
  ['conformance', ofConformance],
])('the RUNTIME of the %s agent', (_name, storageOf) => {
  it.each([{}, { RUNTIME: '' }, { RUNTIME: 'memory' }])(
    'is memory: %j',
    (env) => {
      expect(storageOf(env)).toEqual({ runtime: 'memory' });
    },
  );

  it('is a file, which is opened at its path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'a2a-runtime-'));
    const RUNTIME = `sqlite:${folder}/a:b.db`;
    const { runtime, encryptionKey } = storageOf({
      RUNTIME,
      A2A_ENCRYPTION_KEY,
    });
    expect(encryptionKey).toBe(A2A_ENCRYPTION_KEY);
    const { store, close } = await (runtime as Runtime).open({
      clock: systemClock,
    });
    expect(await store.health()).toEqual({ isUp: true });
    await close();
    expect(readdirSync(folder)).toContain('a:b.db');
    rmSync(folder, { recursive: true });
  });

  it.each([
    'postgres:postgres://me@127.0.0.1:1/x',
    'postgres://me@127.0.0.1:1/x',
  ])('is a server, which is looked for where it says: %s', async (RUNTIME) => {
    const { runtime, encryptionKey } = storageOf({
      RUNTIME,
      A2A_ENCRYPTION_KEY,
    });
    expect(encryptionKey).toBe(A2A_ENCRYPTION_KEY);
    const opened = (runtime as Runtime).open({ clock: systemClock });
    await expect(opened).rejects.toThrow('ECONNREFUSED 127.0.0.1:1');
  });

  it.each(['sqlite', 'sqlite:', 'postgres:', 'mysql://me:secret@host/x'])(
    'is not %s',
    (RUNTIME) => {
      const call = () => storageOf({ RUNTIME, A2A_ENCRYPTION_KEY });
      expect(call).toThrow(new TypeError(SHAPE));
    },
  );

  it.each(['sqlite:tasks.db', 'postgres://me:secret@host/x'])(
    'needs a key that the next start has as well: %s',
    (RUNTIME) => {
      expect(() => storageOf({ RUNTIME })).toThrow(
        /^A2A_ENCRYPTION_KEY must be set/,
      );
    },
  );
});
