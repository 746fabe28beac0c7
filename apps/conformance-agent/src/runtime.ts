import { postgres } from '@nest-a2a/postgres';
import { type A2AModuleOptions } from '@nest-a2a/server';
import { sqlite } from '@nest-a2a/sqlite';

/** Where tasks live, and the key for what is kept of webhooks there. */
export interface Storage {
  readonly runtime: NonNullable<A2AModuleOptions['runtime']>;
  readonly encryptionKey?: string;
}

/**
 * What `RUNTIME` says: `memory`, `sqlite:<file>` or `postgres:<url>`.
 *
 * @throws TypeError for anything else, and where tasks survive the process but nothing says the key
 */
export function storageOf({
  RUNTIME = '',
  A2A_ENCRYPTION_KEY,
}: Readonly<Record<string, string | undefined>>): Storage {
  const [, kind, place = ''] = /^(sqlite|postgres):(.+)$/.exec(RUNTIME) ?? [];
  if (kind === undefined) {
    assertMemory(RUNTIME);
    return { runtime: 'memory' };
  }
  if (!A2A_ENCRYPTION_KEY) {
    throw new TypeError(
      'A2A_ENCRYPTION_KEY must be set where tasks survive the process; `openssl rand -base64 32` makes one',
    );
  }
  const runtime =
    kind === 'sqlite'
      ? sqlite({ file: place })
      : postgres({ url: place.startsWith('//') ? RUNTIME : place });
  return { runtime, encryptionKey: A2A_ENCRYPTION_KEY };
}

function assertMemory(text: string): void {
  if (text !== '' && text !== 'memory') {
    // Not what it says: that may be a URL with a password.
    throw new TypeError(
      'RUNTIME must be memory, sqlite:<file> or postgres:<url>',
    );
  }
}
