import { PushRound } from './push-round.js';
import { type PushLane, shareOrigins } from './share-origins.js';

/** A lane with so many due, the number of each made of the name of its tenant. */
function lane(
  tenantKey: string,
  due: number,
  rest: Partial<PushLane> = {},
): PushLane {
  return {
    origin: 'o',
    tenantKey,
    room: 4,
    inFlight: 0,
    due: Array.from({ length: due }, (_, num) => ({ num, dueAt: num })),
    ...rest,
  };
}

function shares(...lanes: readonly PushLane[]): string {
  return shareOrigins(lanes)
    .map(
      ({ lane: { origin, tenantKey }, num }) => `${origin}:${tenantKey}${num}`,
    )
    .join(' ');
}

describe('shareOrigins', () => {
  it('goes round the tenants until there is no room', () => {
    expect(shares(lane('b', 9), lane('a', 9), lane('c', 1))).toBe(
      'o:b0 o:a0 o:c0 o:b1',
    );
  });

  it('begins with those who have the fewest under way', () => {
    expect(shares(lane('a', 9, { inFlight: 2 }), lane('b', 9))).toBe(
      'o:b0 o:b1 o:a0 o:b2',
    );
  });

  it('leaves to others what one has no use for', () => {
    expect(shares(lane('a', 0), lane('b', 1), lane('c', 9))).toBe(
      'o:b0 o:c0 o:c1 o:c2',
    );
    expect(shares(lane('a', 2))).toBe('o:a0 o:a1');
    expect(shares()).toBe('');
  });

  it('shares each origin by itself', () => {
    const other = { origin: 'x', room: 1 };
    expect(shares(lane('a', 9), lane('a', 9, other), lane('b', 9, other))).toBe(
      'o:a0 o:a1 o:a2 o:a3 x:a0',
    );
  });
});

describe('PushRound', () => {
  it('knows who came last', () => {
    const round = new PushRound();
    round.endWith('o', 'a');
    round.endWith('x', 'b');
    round.endWith('o', 'c');
    expect(round.lastOf('o')).toBe('c');
    expect(JSON.parse(round.toJson())).toEqual([
      { origin: 'x', last: 'b' },
      { origin: 'o', last: 'c' },
    ]);
    round.forget('x');
    expect(round.lastOf('x')).toBeUndefined();
  });

  it('remembers a bounded number of origins, the newest', () => {
    const round = new PushRound();
    for (let index = 0; index < 3_000; index += 1) {
      round.endWith(`o${index}`, 'a');
    }
    expect(JSON.parse(round.toJson())).toHaveLength(1_000);
    expect(round.lastOf('o2999')).toBe('a');
  });
});
