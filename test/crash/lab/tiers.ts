import { type Injury, type VictimDatabase } from './injuries.js';
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
  readonly instances: number;
  readonly database?: VictimDatabase | undefined;
}

/** A part of the laboratory's work. */
export interface Tier {
  readonly title: string;
  readonly phases: readonly Phase[];
}

/** Tasks at the same time. */
const WIDTH = 10;
/** Between two injuries, milliseconds: one instance alone has to come back before the next. */
const EVERY_MS = { ofMany: 900, ofOne: 2_500 };

const PROCESS: readonly Injury[] = ['kill', 'kill', 'kill', 'pause', 'stop'];
const INJURIES: readonly Injury[] = [
  ...PROCESS,
  ...PROCESS,
  'block',
  'block',
  'delay',
  'hang',
  'hang',
  'wakeLost',
  'wakeDoubled',
  'wakeDelayed',
  'halfOpen',
  'slowReader',
  'rollingRestart',
];
const OF_DATABASE: readonly Injury[] = [
  'databaseRestart',
  'databaseRestart',
  'databaseDisconnect',
  'databaseDisconnect',
];

/**
 * - `0`: every failpoint, with every action, at every moment
 * - `1`: a random mix of tasks while instances are killed, frozen and replaced, and what is between them fails
 * - `2`: the same, for longer, while the database server suffers too
 *
 * @throws TypeError for another
 */
export function tierOf(name: string, options: TierOptions): Tier {
  const { seed, only, tasks, kills, pauses, database, instances } = options;
  const soak = (minutes: number, injuries: readonly Injury[]): Phase => {
    const amount = {
      minutes: options.minutes ?? minutes,
      tasks,
      kills,
      pauses,
    };
    const everyMs = instances > 1 ? EVERY_MS.ofMany : EVERY_MS.ofOne;
    return (lab) =>
      runSoak(lab, {
        ...amount,
        width: WIDTH,
        everyMs,
        seed,
        injuries,
        database,
      });
  };
  switch (name) {
    case '0':
      return {
        title: 'Every failpoint',
        phases: [(lab) => runMatrix(lab, { seed, only }), runCalm],
      };
    case '1':
      return {
        title:
          'A random mix under faults of processes, calls, wake-ups and connections',
        phases: [soak(1, INJURIES), runCalm],
      };
    case '2':
      return {
        title: 'A random mix under the same, and faults of the database',
        phases: [
          soak(30, [...INJURIES, ...(database ? OF_DATABASE : [])]),
          runCalm,
        ],
      };
    default:
      throw new TypeError(`There is no tier ${name}`);
  }
}
