import { type Failpoint, type FailpointAction } from '@nest-a2a/testing';
import { type Laboratory } from '../lab/laboratory.js';
import { performTask } from '../workload/perform-task.js';
import { type TaskPlan } from '../workload/task-plan.js';

/** One place, one way to fail, one moment: a task that goes through exactly that. */
export interface Cell {
  readonly name: string;
  /**
   * Does it once, under a name that no other task has.
   *
   * @returns whether it went through the place. Where the fault of another cell came in between, it may not have.
   */
  run(lab: Laboratory, name: string): Promise<boolean>;
}

/** What a cell is made of. */
export interface CellParts {
  readonly plan: TaskPlan;
  /** What is armed before the message is sent, in the order in which it is reached. */
  readonly failpoints: readonly Failpoint[];
  /** Begun when the id of the task is known. */
  readonly onKnown?: (lab: Laboratory, taskId: string) => Promise<void>;
  /** Begun before the message is sent; what it is about has happened when it resolves. */
  readonly beside?: (lab: Laboratory) => Promise<void>;
}

/** After the task has ended a failpoint may still be reached, by a webhook. Milliseconds. */
const TIME_TO_FIRE_MS = 15_000;

/** @param partsOf the parts of the cell for a task of this name */
export function cell(name: string, partsOf: (name: string) => CellParts): Cell {
  return { name, run: (lab, taskName) => runCell(lab, partsOf(taskName)) };
}

/** The failpoint of a cell. */
export function failpointOf(
  name: string,
  point: Failpoint['point'],
  more: { action: FailpointAction } & Partial<Failpoint>,
): Failpoint {
  return { id: `${name}/${point}`, point, target: name, ...more };
}

async function runCell(
  lab: Laboratory,
  { plan, failpoints, onKnown, beside }: CellParts,
): Promise<boolean> {
  const { fleet, clients, expectations } = lab;
  const fired = failpoints.map(({ id }) => fleet.fired(id));
  await Promise.all(failpoints.map((one) => fleet.arm(one)));
  const happened = Promise.all([...fired, beside?.(lab)]);
  const expectation = await performTask(clients, plan, {
    ...(onKnown && { onKnown: (taskId) => onKnown(lab, taskId) }),
  });
  expectations.push(expectation);
  const isReached = await isInTime(happened);
  failpoints.forEach(({ id }) => fleet.disarm(id));
  return isReached;
}

async function isInTime(promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, TIME_TO_FIRE_MS, false);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
