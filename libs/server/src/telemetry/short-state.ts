import { type TurnOutcome } from '../instrumentation/telemetry.js';

/** `completed` for `TASK_STATE_COMPLETED`, as attributes have it. */
export function shortStateOf(outcome: TurnOutcome): string {
  return outcome.replace('TASK_STATE_', '').toLowerCase();
}
