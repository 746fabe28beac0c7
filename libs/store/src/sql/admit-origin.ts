import { assertOriginFits } from '../push/origin-limits.js';
import { type PushRegistration } from '../push/push-config.js';
import { type Scope } from '../scope.js';
import { tenantKeyOf, toColumn } from './columns.js';
import {
  COUNT_NEW_ORIGINS,
  COUNT_ORIGINS,
  FORGET_NEW_ORIGINS,
  KNOWS_ORIGIN,
  NOTE_NEW_ORIGIN,
} from './origin-statements.js';
import { type WriteTools } from './write-tools.js';

/** What a number in a statement may be. */
const MAX_COUNTED = 2 ** 31 - 1;

/** Who wants a webhook, and when. */
export interface OriginApplicant {
  readonly scope: Scope;
  readonly now: number;
}

/**
 * Admits the origin of a registration among those of its tenant, until the
 * transaction ends before anybody else's. One that the tenant has already costs
 * a look into the index, and waits for nobody.
 *
 * @throws StoreError `TOO_MANY_PUSH_ORIGINS`, `TOO_MANY_NEW_PUSH_ORIGINS`
 */
export async function admitOrigin(
  tools: WriteTools,
  { scope, now }: OriginApplicant,
  { config, origins: limits }: PushRegistration,
): Promise<void> {
  const { session, dialect } = tools;
  const tenantKey = tenantKeyOf(scope);
  const values = [tenantKey, toColumn(config.origin)] as const;
  if (!limits || (await isKnown(tools, values))) {
    return;
  }
  await dialect.lock(session, `origins of ${tenantKey}`);
  if (await isKnown(tools, values)) {
    // Somebody else has added it while this one waited.
    return;
  }
  const most = Math.min(limits.max, MAX_COUNTED);
  const [present] = await session.run(COUNT_ORIGINS, [tenantKey, most]);
  await session.run(FORGET_NEW_ORIGINS, [tenantKey, now - limits.newWithinMs]);
  const [arrivals] = await session.run(COUNT_NEW_ORIGINS, values);
  const counts = {
    present: Number(present?.total),
    arrived: Number(arrivals?.total),
    hasArrived: Number(arrivals?.is_among) > 0,
  };
  assertOriginFits(counts, limits);
  await session.run(NOTE_NEW_ORIGIN, [...values, now]);
}

async function isKnown(
  { session }: WriteTools,
  values: readonly [string, string],
): Promise<boolean> {
  const [row] = await session.run(KNOWS_ORIGIN, values);
  return Boolean(row?.is_known);
}
