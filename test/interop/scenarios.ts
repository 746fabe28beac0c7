import { SENDING, STREAMING } from './message-scenarios.js';
import { CARDS, PUSHES } from './push-scenarios.js';
import { type Scenario } from './scenario.js';
import { ERRORS, TASKS } from './task-scenarios.js';

/** All of them. */
export const SCENARIOS: readonly Scenario[] = [
  ...SENDING,
  ...STREAMING,
  ...TASKS,
  ...ERRORS,
  ...PUSHES,
  ...CARDS,
];
