/** The most queues that one claim looks at in each part of the round. */
const MAX_QUEUES = 128;

/** How many queues to look at for so many turns: some have none that is due. */
export function queuesFor(max: number): number {
  return Math.min(MAX_QUEUES, 16 + 4 * max);
}

/** The turns of one tenant of an agent. Both are as their columns have them. */
export interface TurnQueue {
  readonly agent: string;
  /** See {@link tenantKeyOf}. */
  readonly tenantKey: string;
}

/** How many turns to take from a queue. */
export interface TurnQuota extends TurnQueue {
  readonly quota: number;
}

/** A part of the round over the queues of an agent. */
export interface RoundPart {
  readonly agent: string;
  /** The first key that belongs to it. */
  readonly start: string;
  /** The last one; `null` for the last that there is. */
  readonly upto: string | null;
}

/** What a claim may take. */
export interface TurnRoom {
  readonly max: number;
  /** By agent; one that is missing has none. */
  readonly ofAgent: ReadonlyMap<string, number>;
}

/**
 * To whom the next turns go, one after the other: agents take it in turns, and
 * so do the queues of each.
 *
 * @param queues in the order of the round
 */
export function takeTurns(
  queues: readonly TurnQueue[],
  { max, ofAgent }: TurnRoom,
): readonly TurnQueue[] {
  const rounds = [...byAgent(queues)].map(([agent, own]) => ({
    queues: own,
    given: 0,
    room: ofAgent.get(agent) ?? 0,
  }));
  const order: TurnQueue[] = [];
  for (;;) {
    const before = order.length;
    for (const round of rounds) {
      const queue = round.queues[round.given % round.queues.length];
      if (queue && round.given < round.room && order.length < max) {
        order.push(queue);
        round.given += 1;
      }
    }
    if (order.length === before) {
      return order;
    }
  }
}

/** How often each queue is in an order. */
export function quotasOf(order: readonly TurnQueue[]): readonly TurnQuota[] {
  const counts = new Map<TurnQueue, number>();
  for (const queue of order) {
    counts.set(queue, (counts.get(queue) ?? 0) + 1);
  }
  return [...counts].map(([queue, quota]) => ({ ...queue, quota }));
}

function byAgent(
  queues: readonly TurnQueue[],
): ReadonlyMap<string, readonly TurnQueue[]> {
  const agents = new Map<string, TurnQueue[]>();
  for (const queue of queues) {
    agents.set(queue.agent, [...(agents.get(queue.agent) ?? []), queue]);
  }
  return agents;
}
