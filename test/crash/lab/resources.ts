import { setTimeout } from 'node:timers/promises';
import { type Resources } from '../history/history.js';
import { askPostgres } from './ask-postgres.js';
import { type Laboratory } from './laboratory.js';

/** Connections that are kept open for the next request close by themselves, those of a pool after 10 seconds. Milliseconds. */
const TIME_TO_REST_MS = 12_000;

/** Notes what each instance and the database server hold when they have had time to rest. */
export async function countAll(
  { fleet, options, recorder }: Laboratory,
  when: Resources['when'],
): Promise<void> {
  await setTimeout(TIME_TO_REST_MS);
  for (const instance of fleet.instances) {
    const counts = await instance.count();
    if (counts) {
      recorder.note({
        kind: 'resources',
        at: Date.now(),
        instance: `${instance.name}@${instance.startedAt}`,
        when,
        counts,
      });
    }
  }
  const { runtime } = options;
  if (runtime.kind === 'postgres') {
    recorder.note({
      kind: 'resources',
      at: Date.now(),
      instance: 'database',
      when,
      counts: { databaseConnections: await connectionsTo(runtime.url) },
    });
  }
}

async function connectionsTo(url: string): Promise<number> {
  const [row] = await askPostgres<{ count: number }>(
    url,
    `select count(*)::int as count from pg_stat_activity
     where application_name like 'nest-a2a%'`,
  );
  return row?.count ?? 0;
}
