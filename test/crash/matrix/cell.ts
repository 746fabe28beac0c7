import { type Failpoint, type FailpointAction } from '@nest-a2a/testing';
import { type Laboratory } from '../lab/laboratory.js';
import { performTask, type TaskProgress } from '../workload/perform-task.js';
import { type TaskPlan } from '../workload/task-plan.js';

/** One place, one way to fail, one moment: a task that goes through exactly that. */
export interface Cell {
  readonly name: string;
  run(lab: Laboratory): Promise<void>;
}

/** What a cell is made of. */
export interface CellParts {
  readonly plan: TaskPlan;
  /** What is armed before the message is sent; the last is the one that the cell is about. */
  readonly failpoints: readonly Failpoint[];
  /** Begun when the id of the task is known. */
  readonly onKnown?: (lab: Laboratory, taskId: string) => Promise<void>;
  /** Begun before the message is sent. */
  readonly beside?: (lab: Laboratory) => Promise<void>;
}

/** After the task has ended a failpoint may still be reached, by a webhook. Milliseconds. */
const TIME_TO_FIRE_MS = 20_000;

/** A cell whose failpoint must be reached, or it has tested nothing. */
export function cellOf({
  plan,
  failpoints,
  onKnown,
  beside,
}: CellParts): Cell {
  return {
    name: plan.name,
    run: async (lab) => {
      const { fleet, clients, expectations } = lab;
      const fired = failpoints.map(({ id }) => fleet.fired(id));
      await Promise.all(failpoints.map((one) => fleet.arm(one)));
      const aside = beside?.(lab);
      const progress: TaskProgress = {
        ...(onKnown && { onKnown: (taskId) => onKnown(lab, taskId) }),
      };
      expectations.push(await performTask(clients, plan, progress));
      await aside;
      await inTime(Promise.all(fired), plan.name);
    },
  };
}

/** The failpoint of a cell. */
export function failpointOf(
  name: string,
  point: Failpoint['point'],
  more: { action: FailpointAction } & Partial<Failpoint>,
): Failpoint {
  return { id: `${name}/${point}`, point, target: name, ...more };
}

async function inTime(
  promise: Promise<unknown>,
  name: string,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The failpoint of ${name} was not reached`)),
      TIME_TO_FIRE_MS,
    );
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
