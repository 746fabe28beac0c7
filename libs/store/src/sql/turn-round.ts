import { type RoundPart, type TurnQueue } from './turn-queue.js';

/** Comes after a key, and before all that come after it: keys have no control characters. */
const NEXT = '\u0001';

/**
 * Where the round over the agents and their tenants is. Each instance goes round
 * by itself: nobody has to agree on whose turn it is for everybody to have one.
 */
export class TurnRound {
  private lastAgent = '';
  private readonly lastKeys = new Map<string, string>();

  /** The parts of the next round, in their order: each begins behind whom the one before it ended with. */
  parts(agents: Iterable<string>): readonly RoundPart[] {
    const sorted = [...agents].sort();
    const later = sorted.filter((agent) => agent > this.lastAgent);
    const earlier = sorted.filter((agent) => agent <= this.lastAgent);
    return [...later, ...earlier].flatMap((agent) => this.partsOf(agent));
  }

  /** Says who came last: the next round begins behind it. */
  endWith(order: readonly TurnQueue[]): void {
    for (const { agent, tenantKey } of order) {
      this.lastAgent = agent;
      this.lastKeys.set(agent, tenantKey);
    }
  }

  private partsOf(agent: string): readonly RoundPart[] {
    const last = this.lastKeys.get(agent);
    return last === undefined
      ? [{ agent, start: '', upto: null }]
      : [
          { agent, start: last + NEXT, upto: null },
          { agent, start: '', upto: last },
        ];
  }
}
