/** The most tenants of one origin that one claim looks at. */
export const MAX_LANES = 128;

/** A configuration that is due. */
export interface DuePush {
  readonly num: number;
  readonly dueAt: number;
}

/** What a tenant has for an origin. Both names are as their columns have them. */
export interface PushLane {
  readonly origin: string;
  readonly tenantKey: string;
  /** How many more the origin may have, of all tenants. */
  readonly room: number;
  /** What this tenant has under way there. */
  readonly inFlight: number;
  /** What it may claim, the longest due first; nothing while the breaker says so. */
  readonly due: readonly DuePush[];
}

/** A configuration that is to be claimed. */
export interface PushPick extends DuePush {
  readonly lane: PushLane;
}

/**
 * What to claim: of each origin as much as it has room for, from the tenant that
 * has the fewest under way there, in turns where they have as many.
 *
 * @param lanes of one origin in the order of its round
 * @returns in the order of the round
 */
export function shareOrigins(lanes: readonly PushLane[]): readonly PushPick[] {
  return [...byOrigin(lanes).values()].flatMap(shareRoom);
}

/** The lanes of each origin. */
export function byOrigin(
  lanes: readonly PushLane[],
): ReadonlyMap<string, readonly PushLane[]> {
  const origins = new Map<string, PushLane[]>();
  for (const lane of lanes) {
    const own = origins.get(lane.origin);
    if (own) {
      own.push(lane);
    } else {
      origins.set(lane.origin, [lane]);
    }
  }
  return origins;
}

function shareRoom(lanes: readonly PushLane[]): readonly PushPick[] {
  const room = lanes[0]?.room ?? 0;
  const shares = lanes.map((lane) => ({ lane, given: 0 }));
  const picks: PushPick[] = [];
  while (picks.length < room) {
    const share = fewestUnderWay(shares);
    const push = share?.lane.due[share.given];
    if (!share || !push) {
      break;
    }
    picks.push({ ...push, lane: share.lane });
    share.given += 1;
  }
  return picks;
}

interface Share {
  readonly lane: PushLane;
  given: number;
}

/** The first of those that have the fewest, and have more to claim. */
function fewestUnderWay(shares: readonly Share[]): Share | undefined {
  let found: Share | undefined;
  let fewest = Infinity;
  for (const share of shares) {
    const { lane, given } = share;
    const underWay = lane.inFlight + given;
    if (given < lane.due.length && underWay < fewest) {
      found = share;
      fewest = underWay;
    }
  }
  return found;
}
