import { type Claim } from '@nest-a2a/store';
import { TurnEmitter } from './turn-emitter.js';
import { TurnLab } from '../../test/turn-lab.js';
import { TurnLog } from './turn-log.js';
import { TurnSteps } from './turn-steps.js';

describe('TurnSteps', () => {
  let lab: TurnLab;
  let claim: Claim;
  let emitter: TurnEmitter;
  let steps: TurnSteps;

  beforeEach(async () => {
    lab = new TurnLab();
    claim = await lab.claimed();
    const { store, clock } = lab;
    const ports = { store, clock, journal: lab.journal() };
    const log = new TurnLog(claim, ports, () => undefined);
    emitter = new TurnEmitter(claim, log, {
      maxArtifactBytes: 1_000,
      directReplies: false,
      now: () => 0,
    });
    steps = new TurnSteps(emitter, lab.transactions(log, emitter));
  });

  it('stores the result of a step before anybody has it', async () => {
    expect(await steps.once('a', () => ({ n: 1 }))).toEqual({ n: 1 });
    const [, event] = await lab.events();
    expect(event?.body).toEqual({ kind: 'step', key: 'a', value: { n: 1 } });
  });

  it('runs a step once for all calls with its key, at once or later', async () => {
    let runs = 0;
    const step = async () => (runs += 1);
    const values = await Promise.all([
      steps.once('a', step),
      steps.once('a', step),
    ]);
    expect([...values, await steps.once('a', step)]).toEqual([1, 1, 1]);
    expect(await steps.once('b', step)).toBe(2);
    expect(await lab.brief()).toEqual(['task', 'step', 'step']);
  });

  it('runs a step again that has failed, and tells each caller', async () => {
    let runs = 0;
    const step = () => {
      runs += 1;
      if (runs === 1) throw new Error('first');
      return runs;
    };
    const both = await Promise.allSettled([
      steps.once('a', step),
      steps.once('a', step),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await steps.once('a', step)).toBe(2);
  });

  it('does not run a step whose result an earlier attempt has stored', async () => {
    steps.restore('a', 'stored');
    expect(await steps.once('a', () => 'fresh')).toBe('stored');
    expect(await lab.brief()).toEqual(['task']);
  });

  it('keeps what JSON can hold, and says so where it cannot', async () => {
    const nothing = await steps.once('a', () => undefined as never);
    expect(nothing).toBeNull();
    const dated = { at: new Date(0) } as never;
    expect(await steps.once('b', () => dated)).toEqual({
      at: '1970-01-01T00:00:00.000Z',
    });
    await expect(steps.once('c', () => 1n as never)).rejects.toThrow(TypeError);
  });

  it('is not confused by keys that mean something to JavaScript', async () => {
    for (const key of ['__proto__', 'constructor', '']) {
      expect(await steps.once(key, () => key)).toBe(key);
      expect(await steps.once(key, () => 'other')).toBe(key);
    }
  });

  it('does not run a step of a turn that has ended', async () => {
    let runs = 0;
    await emitter.end('TASK_STATE_COMPLETED');
    const late = steps.once('a', () => (runs += 1));
    await expect(late).rejects.toMatchObject({ code: 'TURN_ENDED' });
    expect(runs).toBe(0);
  });
});
