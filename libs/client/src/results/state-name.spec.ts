import { TASK_STATES } from '@nest-a2a/protocol';
import { fromStateName, toStateName } from './state-name.js';

describe('the name of a state', () => {
  it.each(TASK_STATES)('goes both ways for %s', (state) => {
    const name = toStateName(state);
    expect(name).toMatch(/^[a-z]+(-[a-z]+)?$/);
    expect(fromStateName(name)).toBe(state);
  });

  it.each(TASK_STATES)('may be %s itself', (state) => {
    expect(fromStateName(state)).toBe(state);
  });

  it('lets unknown names through', () => {
    expect(fromStateName('paused' as any)).toBe('paused');
    expect(toStateName('PAUSED' as any)).toBe('paused');
  });
});
