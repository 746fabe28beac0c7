import { setTimeout } from 'node:timers/promises';
import { ALLOWANCES } from '../checker/allowances.js';
import { holdsNoMore } from '../checker/i16-resources.js';
import { type Resources } from '../history/history.js';
import { askPostgres } from './ask-postgres.js';
import { type Laboratory } from './laboratory.js';

/** Connections that are kept open for the next request close by themselves, those of a pool 10 seconds after their last use. Milliseconds. */
const TIME_TO_REST_MS = 12_000;

/** Who wakes up now and then uses some of them again. What is lost is so for ever. */
const LOOK_AGAIN_MS = 3_000;
const LOOKS = 20;

/** Notes what each instance and the database server hold when they have had time to rest. */
export async function countAll(
  lab: Laboratory,
  when: Resources['when'],
): Promise<void> {
  await setTimeout(TIME_TO_REST_MS);
  for (let look = 1; look <= LOOKS; look++) {
    await count(lab, when);
    const resources = lab.recorder.entries.flatMap((entry) =>
      entry.kind === 'resources' ? [entry] : [],
    );
    if (holdsNoMore({ resources, allowances: ALLOWANCES }).length === 0) {
      return;
    }
    await setTimeout(LOOK_AGAIN_MS);
  }
}

async function count(
  { fleet, options, recorder }: Laboratory,
  when: Resources['when'],
): Promise<void> {
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
