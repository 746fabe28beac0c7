import {
  canTransition,
  isInterrupted,
  isTaskState,
  isTerminal,
  TASK_STATES,
  type TaskState,
} from './task-state.js';

describe('TASK_STATES', () => {
  it('has the states in the order of their numbers (A2A §4.1.3)', () => {
    expect(TASK_STATES).toEqual([
      'TASK_STATE_SUBMITTED',
      'TASK_STATE_WORKING',
      'TASK_STATE_COMPLETED',
      'TASK_STATE_FAILED',
      'TASK_STATE_CANCELED',
      'TASK_STATE_INPUT_REQUIRED',
      'TASK_STATE_REJECTED',
      'TASK_STATE_AUTH_REQUIRED',
    ]);
    expect(Object.isFrozen(TASK_STATES)).toBe(true);
  });
});

describe('the kinds of states', () => {
  it.each([
    ['TASK_STATE_SUBMITTED', false, false],
    ['TASK_STATE_WORKING', false, false],
    ['TASK_STATE_COMPLETED', true, false],
    ['TASK_STATE_FAILED', true, false],
    ['TASK_STATE_CANCELED', true, false],
    ['TASK_STATE_INPUT_REQUIRED', false, true],
    ['TASK_STATE_REJECTED', true, false],
    ['TASK_STATE_AUTH_REQUIRED', false, true],
    // A state of a newer version, as a client may meet it.
    ['TASK_STATE_PAUSED', false, false],
  ])('%s: terminal %s, interrupted %s', (state, terminal, interrupted) => {
    expect(isTerminal(state as TaskState)).toBe(terminal);
    expect(isInterrupted(state as TaskState)).toBe(interrupted);
  });

  it.each([
    'TASK_STATE_UNSPECIFIED',
    'TASK_STATE_CANCELLED',
    'WORKING',
    'working',
    '',
    1,
    null,
    undefined,
    ['TASK_STATE_WORKING'],
  ])('%j is no state', (value) => {
    expect(isTaskState(value)).toBe(false);
  });

  it('knows every state', () => {
    expect(TASK_STATES.every(isTaskState)).toBe(true);
  });
});

describe('canTransition', () => {
  // Rows: from. Columns: to, in the same order. A terminal state has no successor (A2A §3.1.1).
  const order =
    'SUBMITTED WORKING INPUT_REQUIRED AUTH_REQUIRED COMPLETED FAILED CANCELED REJECTED';
  const matrix: Record<string, string> = {
    SUBMITTED: '- + + + + + + +',
    WORKING: '- + + + + + + +',
    INPUT_REQUIRED: '+ + - - + + + +',
    AUTH_REQUIRED: '+ + - - + + + +',
    COMPLETED: '- - - - - - - -',
    FAILED: '- - - - - - - -',
    CANCELED: '- - - - - - - -',
    REJECTED: '- - - - - - - -',
  };
  const names = order.split(' ');
  const cells = names.flatMap((from) =>
    names.map((to, column) => ({
      from,
      to,
      isAllowed: matrix[from]?.split(' ')[column] === '+',
    })),
  );

  it.each(cells)('from $from to $to: $isAllowed', ({ from, to, isAllowed }) => {
    const [source, target] = [from, to].map(
      (name) => `TASK_STATE_${name}` as TaskState,
    );
    expect(canTransition(source!, target!)).toBe(isAllowed);
  });

  it('was asked about every pair of states', () => {
    expect(cells).toHaveLength(TASK_STATES.length ** 2);
  });
});
