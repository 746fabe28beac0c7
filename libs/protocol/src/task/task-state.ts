const STATES = [
  'TASK_STATE_SUBMITTED',
  'TASK_STATE_WORKING',
  'TASK_STATE_COMPLETED',
  'TASK_STATE_FAILED',
  'TASK_STATE_CANCELED',
  'TASK_STATE_INPUT_REQUIRED',
  'TASK_STATE_REJECTED',
  'TASK_STATE_AUTH_REQUIRED',
] as const;

/** The state of a task, by its name on the wire (A2A `TaskState`). */
export type TaskState = (typeof STATES)[number];

/** Every state a task can be in, in the order of their protocol buffer numbers (1–8). */
export const TASK_STATES: readonly TaskState[] = Object.freeze([...STATES]);

const TERMINAL: readonly TaskState[] = [
  'TASK_STATE_COMPLETED',
  'TASK_STATE_FAILED',
  'TASK_STATE_CANCELED',
  'TASK_STATE_REJECTED',
];

const INTERRUPTED: readonly TaskState[] = [
  'TASK_STATE_INPUT_REQUIRED',
  'TASK_STATE_AUTH_REQUIRED',
];

/** Whether a task in this state is finished and never changes again. */
export function isTerminal(state: TaskState): boolean {
  return TERMINAL.includes(state);
}

/** Whether a task in this state waits for its caller. */
export function isInterrupted(state: TaskState): boolean {
  return INTERRUPTED.includes(state);
}

/**
 * The life of a task.
 *
 * ```
 *  (created) ──> SUBMITTED ──> WORKING ──> COMPLETED | FAILED | REJECTED | CANCELED
 *                 ^   |          |  ^
 *      a message  |   v          v  |  a turn starts
 *                 INPUT_REQUIRED | AUTH_REQUIRED
 * ```
 *
 * - A terminal state has no successor (A2A §3.1.1).
 * - WORKING follows itself: that is how progress is reported.
 * - A message to an interrupted task makes it SUBMITTED again, the turn that takes it up makes it WORKING.
 * - A worker may end a turn without reporting WORKING first, so every active state leads to every end.
 */
const SUCCESSORS: Readonly<Record<TaskState, readonly TaskState[]>> = {
  TASK_STATE_SUBMITTED: ['TASK_STATE_WORKING', ...INTERRUPTED, ...TERMINAL],
  TASK_STATE_WORKING: ['TASK_STATE_WORKING', ...INTERRUPTED, ...TERMINAL],
  TASK_STATE_INPUT_REQUIRED: [
    'TASK_STATE_SUBMITTED',
    'TASK_STATE_WORKING',
    ...TERMINAL,
  ],
  TASK_STATE_AUTH_REQUIRED: [
    'TASK_STATE_SUBMITTED',
    'TASK_STATE_WORKING',
    ...TERMINAL,
  ],
  TASK_STATE_COMPLETED: [],
  TASK_STATE_FAILED: [],
  TASK_STATE_CANCELED: [],
  TASK_STATE_REJECTED: [],
};

/** Whether a task may go from one state to the other. */
export function canTransition(from: TaskState, to: TaskState): boolean {
  return SUCCESSORS[from].includes(to);
}

/** Whether a value is the wire name of a state. */
export function isTaskState(value: unknown): value is TaskState {
  return (STATES as readonly unknown[]).includes(value);
}
