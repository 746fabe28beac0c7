import { type BreakerState, noteOrigin } from './origin-breaker.js';
import { type OriginNote } from './push-origin.js';

const breaker = { failures: 3, openMs: 100, maxOpenMs: 350 };
const DOWN: OriginNote = { kind: 'down', breaker };
const UP: OriginNote = { kind: 'up' };
const NEW: BreakerState = { failures: 0 };

/** The state after notes that come at these times. */
function after(
  ...notes: readonly (readonly [number, OriginNote])[]
): BreakerState | undefined {
  let state: BreakerState | undefined;
  for (const [now, note] of notes) {
    ({ state } = noteOrigin(state ?? NEW, note, now));
  }
  return state;
}

describe('noteOrigin', () => {
  it('opens with the failure that is one too many', () => {
    expect(after([1, DOWN], [2, DOWN])).toEqual({ failures: 2 });
    expect(noteOrigin({ failures: 2 }, DOWN, 3)).toEqual({
      state: { failures: 3, openUntil: 103 },
      change: { kind: 'opened', failures: 3, openUntil: 103 },
    });
  });

  it('counts failures in a row only', () => {
    expect(after([1, DOWN], [2, DOWN], [3, UP], [4, DOWN])).toEqual({
      failures: 1,
    });
    expect(noteOrigin({ failures: 2 }, UP, 3)).toEqual({ state: undefined });
  });

  it('learns nothing from what ends while it is open: it began before (D25)', () => {
    const open = { failures: 3, openUntil: 103 };
    for (const note of [UP, DOWN]) {
      expect(noteOrigin(open, note, 102)).toEqual({ state: open });
    }
  });

  it('closes by a probe that is answered (D25)', () => {
    const halfOpen = { failures: 3, openUntil: 103 };
    expect(noteOrigin(halfOpen, UP, 103)).toEqual({
      state: undefined,
      change: { kind: 'closed' },
    });
  });

  it('opens again by each probe that fails, for twice as long, up to the longest (D25)', () => {
    const waits: number[] = [];
    let state: BreakerState = { failures: 3, openUntil: 0 };
    for (let now = 0; waits.length < 60; now = state.openUntil ?? NaN) {
      state = noteOrigin(state, DOWN, now).state ?? NEW;
      waits.push((state.openUntil ?? NaN) - now);
    }
    expect(waits.slice(0, 3)).toEqual([200, 350, 350]);
    expect(new Set(waits.slice(3))).toEqual(new Set([350]));
  });

  it('is open at once until then where the origin asks for it (D10)', () => {
    const held: OriginNote = { kind: 'down', breaker, heldUntil: 5_000 };
    expect(noteOrigin(NEW, held, 10)).toEqual({
      state: { failures: 1, openUntil: 5_000 },
      change: { kind: 'opened', failures: 1, openUntil: 5_000 },
    });
    expect(noteOrigin({ failures: 2 }, held, 10).state).toEqual({
      failures: 3,
      openUntil: 5_000,
    });
  });

  it('is open for the longer of two times', () => {
    const open = { failures: 3, openUntil: 103 };
    const later: OriginNote = { kind: 'down', heldUntil: 900 };
    const sooner: OriginNote = { kind: 'down', heldUntil: 9 };
    expect(noteOrigin(open, later, 5).state).toEqual({
      failures: 3,
      openUntil: 900,
    });
    expect(noteOrigin(open, sooner, 5).state).toEqual(open);
    expect(
      noteOrigin({ failures: 2 }, { ...DOWN, ...sooner }, 8),
    ).toMatchObject({ state: { openUntil: 108 } });
  });

  it('opens again by a probe after the origin had asked to wait', () => {
    expect(noteOrigin({ failures: 1, openUntil: 50 }, DOWN, 60)).toMatchObject({
      state: { failures: 2, openUntil: 160 },
      change: { kind: 'opened' },
    });
  });

  it('opens nothing where nobody says how', () => {
    const down: OriginNote = { kind: 'down' };
    expect(noteOrigin({ failures: 99 }, down, 10)).toEqual({
      state: { failures: 100 },
    });
    const halfOpen = { failures: 3, openUntil: 5 };
    expect(noteOrigin(halfOpen, down, 10).state).toEqual({
      failures: 4,
      openUntil: 5,
    });
  });
});
