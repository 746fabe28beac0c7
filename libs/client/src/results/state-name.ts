import { isTaskState, type TaskState } from '@nest-a2a/protocol';

/** The state of a task in one word, the same for every protocol version. */
export type TaskStateName =
  | 'submitted'
  | 'working'
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'input-required'
  | 'rejected'
  | 'auth-required';

const PREFIX = 'TASK_STATE_';

/** The word for a state. A state of a newer protocol has a word too: it is only not in {@link TaskStateName}. */
export function toStateName(state: TaskState): TaskStateName {
  const name = state.startsWith(PREFIX) ? state.slice(PREFIX.length) : state;
  return name.toLowerCase().replaceAll('_', '-') as TaskStateName;
}

/** The state for a word, or for its name on the wire. Anything else stays as it is. */
export function fromStateName(name: TaskStateName | TaskState): TaskState {
  const state = PREFIX + name.toUpperCase().replaceAll('-', '_');
  return isTaskState(state) ? state : (name as TaskState);
}
