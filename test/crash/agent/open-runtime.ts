import { postgres } from '@nest-a2a/postgres';
import { redis } from '@nest-a2a/redis';
import { sqlite } from '@nest-a2a/sqlite';
import { type Runtime } from '@nest-a2a/store';
import { type RuntimeSettings } from '../fleet/instance-messages.js';

/** Milliseconds until a statement without an answer is given up: the laboratory does not wait long. */
const STATEMENT_TIMEOUT_MS = 3_000;

/** The runtime that an instance, and the laboratory itself, works with. */
export function toRuntime(settings: RuntimeSettings): Runtime {
  if (settings.kind === 'sqlite') {
    return sqlite({ file: settings.file });
  }
  const { url, schema, wake } = settings;
  return postgres({
    url,
    schema,
    wake: wake === 'notify' ? wake : redis({ url: wake.redisUrl }),
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
}
