import { type Injury, type VictimDatabase } from './chaos.js';
import { runCalm, runMatrix, runSoak } from './phases.js';
import { type Phase } from './run-laboratory.js';

/** What decides how much is done. */
export interface TierOptions {
  readonly seed: number;
  readonly only?: string | undefined;
  readonly minutes?: number | undefined;
  readonly tasks: number;
  readonly kills: number;
  readonly pauses: number;
  readonly database?: VictimDatabase | undefined;
}

/** A part of the laboratory's work. */
export interface Tier {
  readonly title: string;
  readonly phases: readonly Phase[];
}

const SOAK = { width: 10, everyMs: 900 };
const INJURIES: readonly Injury[] = [
  'kill',
  'kill',
  'kill',
  'pause',
  'terminate',
];
const WITH_DATABASE: readonly Injury[] = [
  ...INJURIES,
  ...INJURIES,
  'restartDatabase',
  'disconnectDatabase',
];

/**
 * - `0`: every failpoint, with every action, at every moment
 * - `1`: a random mix of tasks while instances are killed, frozen and replaced
 * - `2`: the same, for longer, while the database server suffers too
 *
 * @throws TypeError for another
 */
export function tierOf(name: string, options: TierOptions): Tier {
  const { seed, only, tasks, kills, pauses, database } = options;
  const soak = (minutes: number, injuries: readonly Injury[]): Phase => {
    const amount = {
      minutes: options.minutes ?? minutes,
      tasks,
      kills,
      pauses,
    };
    return (lab) =>
      runSoak(lab, { ...SOAK, ...amount, seed, injuries, database });
  };
  switch (name) {
    case '0':
      return {
        title: 'Every failpoint',
        phases: [(lab) => runMatrix(lab, { seed, only }), runCalm],
      };
    case '1':
      return {
        title: 'A random mix under kills and pauses',
        phases: [soak(1, INJURIES), runCalm],
      };
    case '2':
      return {
        title: 'A random mix under kills, pauses and faults of the database',
        phases: [soak(30, WITH_DATABASE), runCalm],
      };
    default:
      throw new TypeError(`There is no tier ${name}`);
  }
}
