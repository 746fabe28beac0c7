import { isStoreError } from '@nest-a2a/store';
import { type Failpoint } from './failpoint.js';
import { Failpoints } from './failpoints.js';

const PASSAGE = { ids: ['task-1', 'talk'], terminal: false, at: 5 };
const ARMED: Failpoint = {
  id: 'f',
  point: 'append.after_commit',
  action: 'ERROR',
};

/** What happened, in order. */
function recorded() {
  const happened: string[] = [];
  const failpoints = new Failpoints({
    onFired: ({ id }) => happened.push(`fired ${id}`),
    kill: () => happened.push('killed'),
    pause: () => happened.push('paused'),
    wait: async (durationMs) => happened.push(`waited ${durationMs}`),
    block: (durationMs) => happened.push(`blocked ${durationMs}`),
  });
  return { failpoints, happened };
}

describe('Failpoints', () => {
  it('lets everything pass while nothing is armed', async () => {
    const { failpoints, happened } = recorded();
    await failpoints.pass('append.after_commit', PASSAGE);
    expect(happened).toEqual([]);
  });

  it('goes off once, and says so before it happens', async () => {
    const { failpoints, happened } = recorded();
    failpoints.arm(ARMED);
    const error: unknown = await failpoints
      .pass('append.after_commit', PASSAGE)
      .catch((thrown: unknown) => thrown);
    expect(isStoreError(error, 'UNAVAILABLE')).toBe(true);
    await failpoints.pass('append.after_commit', PASSAGE);
    expect(happened).toEqual(['fired f']);
  });

  it('goes on after a pause', async () => {
    const { failpoints, happened } = recorded();
    failpoints.arm({ ...ARMED, action: 'PAUSE' });
    await failpoints.pass('append.after_commit', PASSAGE);
    expect(happened).toEqual(['fired f', 'paused']);
  });

  it.each<[string, Partial<Failpoint>, string]>([
    ['a delay', { action: 'DELAY' }, 'waited 500'],
    ['a delay', { action: 'DELAY', durationMs: 7 }, 'waited 7'],
    ['a call that hung', { action: 'HANG' }, 'waited 10000'],
    ['a call that hung', { action: 'HANG', durationMs: 9 }, 'waited 9'],
    ['a blocked event loop', { action: 'BLOCK' }, 'blocked 1000'],
    ['a blocked event loop', { action: 'BLOCK', durationMs: 5 }, 'blocked 5'],
  ])('goes on after %s', async (_what, differences, what) => {
    const { failpoints, happened } = recorded();
    failpoints.arm({ ...ARMED, ...differences });
    await failpoints.pass('append.after_commit', PASSAGE);
    expect(happened).toEqual(['fired f', what]);
  });

  it('fails after a call that hung where it says so', async () => {
    const { failpoints, happened } = recorded();
    failpoints.arm({ ...ARMED, action: 'HANG', fails: true });
    const error: unknown = await failpoints
      .pass('append.after_commit', PASSAGE)
      .catch((thrown: unknown) => thrown);
    expect(isStoreError(error, 'UNAVAILABLE')).toBe(true);
    expect(happened).toEqual(['fired f', 'waited 10000']);
  });

  it.each(['DELAY', 'HANG'] as const)(
    'really waits at a %s',
    async (action) => {
      const failpoints = new Failpoints();
      failpoints.arm({ ...ARMED, action, durationMs: 30 });
      const startedAt = performance.now();
      await failpoints.pass('append.after_commit', PASSAGE);
      expect(performance.now() - startedAt).toBeGreaterThan(28);
    },
  );

  it('really lets nothing else happen at a BLOCK', async () => {
    const failpoints = new Failpoints();
    failpoints.arm({ ...ARMED, action: 'BLOCK', durationMs: 30 });
    const startedAt = performance.now();
    const passing = failpoints.pass('append.after_commit', PASSAGE);
    // Nobody has waited for it yet.
    expect(performance.now() - startedAt).toBeGreaterThan(28);
    await passing;
  });

  it('does nothing more after a kill', async () => {
    const { failpoints, happened } = recorded();
    failpoints.arm({ ...ARMED, action: 'KILL' });
    const passing = failpoints.pass('append.after_commit', PASSAGE);
    const tick = new Promise((resolve) => setImmediate(resolve, 'tick'));
    await expect(Promise.race([passing, tick])).resolves.toBe('tick');
    expect(happened).toEqual(['fired f', 'killed']);
  });

  it.each<[string, Partial<Failpoint>]>([
    ['another point', { point: 'append.before_tx' }],
    ['another task', { target: 'task-2' }],
    ['the end of a task', { terminal: true }],
    ['a later place', { from: 6 }],
    ['a later pass', { nth: 2 }],
  ])('waits for %s', async (_what, differences) => {
    const { failpoints, happened } = recorded();
    failpoints.arm({ ...ARMED, ...differences });
    await failpoints.pass('append.after_commit', PASSAGE);
    expect(happened).toEqual([]);
  });

  it.each<[string, Partial<Failpoint>]>([
    ['the task', { target: 'task-1' }],
    ['the conversation', { target: 'talk' }],
    ['any of its writes', { terminal: false }],
    ['its place', { from: 5 }],
  ])('goes off for %s', async (_what, differences) => {
    const { failpoints, happened } = recorded();
    failpoints.arm({ ...ARMED, ...differences });
    await expect(
      failpoints.pass('append.after_commit', PASSAGE),
    ).rejects.toThrow();
    expect(happened).toEqual(['fired f']);
  });

  it('counts only what matches', async () => {
    const { failpoints, happened } = recorded();
    failpoints.arm({ ...ARMED, target: 'task-1', nth: 2, action: 'PAUSE' });
    await failpoints.pass('append.after_commit', PASSAGE);
    await failpoints.pass('append.after_commit', {
      ...PASSAGE,
      ids: ['other'],
    });
    expect(happened).toEqual([]);
    await failpoints.pass('append.after_commit', PASSAGE);
    expect(happened).toEqual(['fired f', 'paused']);
  });

  it('does not go off when it was disarmed', async () => {
    const { failpoints, happened } = recorded();
    failpoints.arm(ARMED);
    failpoints.disarm('f');
    await failpoints.pass('append.after_commit', PASSAGE);
    expect(happened).toEqual([]);
  });
});
