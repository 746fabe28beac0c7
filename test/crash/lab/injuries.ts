import {
  type Failpoint,
  type FailpointName,
  type WakeFault,
} from '@nest-a2a/testing';
import { type SeededRandom } from '../../support/seeded-random.js';
import { type Fleet } from '../fleet/fleet.js';
import { type Instance } from '../fleet/instance.js';
import { type Trouble } from '../fleet/joined-connection.js';
import { type RoundRobinProxy } from '../fleet/round-robin-proxy.js';
import { type Fault } from '../history/history.js';

/** What may be hurt at random, by the name under which it is noted. */
export type Injury = Exclude<
  Fault['action'],
  'cut' | 'errorBefore' | 'errorAfter'
>;

/** A database server that may be hurt. */
export interface VictimDatabase {
  /** Ends it as a crash does, and starts it again. */
  restart(): Promise<void>;
  /** Ends all of its connections. @returns whether it was there to do that */
  disconnect(): Promise<boolean>;
}

/** All that may be hurt. */
export interface Victims {
  readonly fleet: Fleet;
  /** Before the instances, for what is not gRPC. */
  readonly proxy: RoundRobinProxy;
  readonly random: SeededRandom;
  readonly database?: VictimDatabase;
}

/** Calls of the store that may take too long. */
const STORE_POINTS: readonly FailpointName[] = [
  'create.before_tx',
  'create.after_commit',
  'append.before_tx',
  'append.after_commit',
  'claim.after_commit',
  'renew.before',
  'push.after_claim',
];
const WAKE_MS = 3_000;
/** Until a connection is given up that says nothing, milliseconds: longer than a reader waits. */
export const HALF_OPEN_MS = 15_000;
export const SLOW_READER_MS = 4_000;

/**
 * Hurts something once.
 *
 * @returns whether there was something to be hurt
 */
export async function inflict(
  injury: Injury,
  victims: Victims,
): Promise<boolean> {
  const { fleet } = victims;
  switch (injury) {
    case 'kill':
    case 'pause':
    case 'stop':
    case 'block':
      return hurtInstance(injury, victims);
    case 'delay':
    case 'hang':
      await fleet.arm(storeFault(injury, victims));
      return true;
    case 'wakeLost':
      return disturbWakeUps('LOSE', victims);
    case 'wakeDoubled':
      return disturbWakeUps('DOUBLE', victims);
    case 'wakeDelayed':
      return disturbWakeUps('DELAY', victims);
    case 'halfOpen':
      return hurtStream(injury, HALF_OPEN_MS, victims);
    case 'slowReader':
      return hurtStream(injury, SLOW_READER_MS, victims);
    case 'rollingRestart':
      await fleet.rollingRestart();
      return true;
    case 'databaseRestart':
      return restartDatabase(victims);
    case 'databaseDisconnect':
      return disconnectDatabase(victims);
  }
}

function hurtInstance(
  injury: 'kill' | 'pause' | 'stop' | 'block',
  { fleet, random }: Victims,
): boolean {
  const well = fleet.instances.filter(isWell);
  // One stays well, unless there is only one at all.
  if (well.length < Math.min(2, fleet.instances.length)) {
    return false;
  }
  fleet[injury](random.pick(well));
  return true;
}

/** Goes off at the next call of some kind, in whichever instance that is. */
function storeFault(
  injury: 'delay' | 'hang',
  { fleet, random }: Victims,
): Failpoint {
  const point = random.pick(STORE_POINTS);
  const id = `${injury}-${Date.now()}`;
  return injury === 'delay'
    ? { id, point, action: 'DELAY', durationMs: 200 + random.below(1_300) }
    : {
        id,
        point,
        action: 'HANG',
        durationMs: fleet.beyondLeaseMs(point),
        fails: random.chance(0.5),
      };
}

function disturbWakeUps(fault: WakeFault, { fleet }: Victims): boolean {
  fleet.disturbWakeUps({ fault, durationMs: WAKE_MS });
  return true;
}

function hurtStream(
  trouble: Trouble,
  durationMs: number,
  { proxy, random, fleet }: Victims,
): boolean {
  const isHurt = proxy.hurtStream({ trouble, durationMs }, random);
  if (isHurt) fleet.faults.note({ action: trouble, durationMs });
  return isHurt;
}

async function disconnectDatabase({
  fleet,
  database,
}: Victims): Promise<boolean> {
  const at = Date.now();
  const isDone = (await database?.disconnect()) ?? false;
  if (isDone) fleet.faults.note({ action: 'databaseDisconnect', at });
  return isDone;
}

async function restartDatabase({ fleet, database }: Victims): Promise<boolean> {
  const at = Date.now();
  await database?.restart();
  const durationMs = Date.now() - at;
  fleet.faults.note({ action: 'databaseRestart', at, durationMs });
  return database !== undefined;
}

function isWell(instance: Instance): boolean {
  return instance.ports !== undefined && !instance.isPaused;
}
