import { SeededRandom } from '../../support/seeded-random.js';
import { type Cell } from '../matrix/cell.js';
import { allCells } from '../matrix/cells.js';
import { performTask } from '../workload/perform-task.js';
import { randomPlan } from '../workload/random-plan.js';
import { plainTask } from '../workload/task-plan.js';
import { Chaos } from './chaos.js';
import { type Injury, type VictimDatabase } from './injuries.js';
import { type Laboratory } from './laboratory.js';
import { inParallel } from './pool.js';
import { countAll } from './resources.js';

/** Cells at the same time, round by round: the instances that one breaks are the others' as well. */
const CELLS_AT_ONCE = [8, 3, 1] as const;

/** How much longer a soak lasts so that everything happens that was asked for, milliseconds. */
const PATIENCE_MS = 60_000;

/** What did not come to its end, which says more than any invariant. */
export type Problems = string[];

/** Which cells, and in which order. */
export interface MatrixOptions {
  readonly seed: number;
  /** Part of the names of those that are wanted. @default all */
  readonly only?: string | undefined;
}

/**
 * Goes through the failpoints. What the fault of another cell has kept from its
 * own place is done again with less beside it.
 */
export async function runMatrix(
  lab: Laboratory,
  { seed, only }: MatrixOptions,
): Promise<Problems> {
  const problems: Problems = [];
  const canBook = lab.options.runtime.kind === 'postgres';
  const chosen = allCells({ canBook }).filter(
    ({ name }) => only === undefined || name.includes(only),
  );
  let cells = shuffled(chosen, new SeededRandom(seed));
  for (const [round, width] of CELLS_AT_ONCE.entries()) {
    const missed: Cell[] = [];
    await inParallel(cells, width, (cell) => {
      const name = round === 0 ? cell.name : `${cell.name}~${round + 1}`;
      return guarded({ lab, problems, name }, async () => {
        if (!(await cell.run(lab, name))) missed.push(cell);
      });
    });
    cells = missed;
  }
  return [
    ...problems,
    ...cells.map(({ name }) => `${name}: the failpoint was never reached`),
  ];
}

/** How much a soak does. It ends when all of this was done. */
export interface SoakOptions {
  readonly seed: number;
  readonly tasks: number;
  readonly kills: number;
  readonly pauses: number;
  readonly minutes: number;
  /** Tasks at the same time. */
  readonly width: number;
  /** Time between two injuries, milliseconds on average. */
  readonly everyMs: number;
  readonly injuries: readonly Injury[];
  /** The server, where that may be hurt too. */
  readonly database?: VictimDatabase | undefined;
}

/** A random mix of tasks while instances are killed, frozen and replaced. */
export async function runSoak(
  lab: Laboratory,
  options: SoakOptions,
): Promise<Problems> {
  const problems: Problems = [];
  const random = new SeededRandom(options.seed);
  const { fleet, proxies } = lab;
  const chaos = new Chaos({
    fleet,
    proxy: proxies.http,
    random: new SeededRandom(options.seed + 1),
    everyMs: options.everyMs,
    injuries: options.injuries,
    ...(options.database && { database: options.database }),
  });
  const end = Date.now() + options.minutes * 60_000;
  let begun = 0;
  const isEnough = () =>
    begun >= options.tasks &&
    Date.now() >= end &&
    fleet.faults.count('kill') >= options.kills &&
    fleet.faults.count('pause') >= options.pauses &&
    (chaos.missing.length === 0 || Date.now() >= end + PATIENCE_MS);
  const mix = { canBook: lab.options.runtime.kind === 'postgres' };
  chaos.start();
  const work = async () => {
    while (!isEnough()) {
      begun += 1;
      const plan = randomPlan(begun, random, mix);
      await guarded({ lab, problems, name: plan.name }, async () => {
        lab.expectations.push(await performTask(lab.clients, plan));
      });
    }
  };
  await Promise.all(Array.from({ length: options.width }, work));
  await chaos.stop();
  return [
    ...problems,
    ...chaos.missing.map((injury) => `${injury} has never happened`),
  ];
}

/** The same work twice, in peace: what the first half has opened the second finds closed. */
export async function runCalm(lab: Laboratory): Promise<Problems> {
  const problems: Problems = [];
  await lab.fleet.untilWell();
  for (const when of ['baseline', 'settled'] as const) {
    const plans = Array.from({ length: 12 }, (_, index) =>
      plainTask(`calm-${when}-${index}`, {
        binding: index % 2 === 0 ? 'HTTP+JSON' : 'GRPC',
        subscribers: [{ binding: 'JSONRPC', resumes: true }],
        webhook: () => 'taken',
      }),
    );
    await inParallel(plans, 4, (plan) =>
      guarded({ lab, problems, name: plan.name }, async () => {
        lab.expectations.push(await performTask(lab.clients, plan));
      }),
    );
    await countAll(lab, when);
  }
  return problems;
}

async function guarded(
  {
    lab,
    problems,
    name,
  }: { lab: Laboratory; problems: Problems; name: string },
  work: () => Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error('has not come to its end')),
      lab.options.taskTimeoutMs,
    );
  });
  try {
    await Promise.race([work(), late]);
  } catch (error) {
    problems.push(`${name}: ${(error as Error).message}`);
  } finally {
    clearTimeout(timer);
  }
}

function shuffled(
  cells: readonly Cell[],
  random: SeededRandom,
): readonly Cell[] {
  return cells
    .map((cell) => ({ cell, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ cell }) => cell);
}
