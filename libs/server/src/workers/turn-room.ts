/** Place for one turn that somebody has taken. */
export interface TurnPlace {
  /** Gives it back. Once: further calls do nothing. */
  free(): void;
}

/** Place for turns: in the process, and for each agent that has a limit of its own. */
export class TurnRoom {
  private taken = 0;
  private readonly takenBy = new Map<string, number>();

  constructor(
    private readonly max: number,
    private readonly maxOfAgent: ReadonlyMap<string, number>,
  ) {}

  /** Whether all place is free. */
  get isEmpty(): boolean {
    return this.taken === 0;
  }

  /** How many more turns there is place for, of one agent or of all together. */
  left(agent?: string): number {
    const all = this.max - this.taken;
    const most = agent === undefined ? undefined : this.maxOfAgent.get(agent);
    return most === undefined
      ? all
      : Math.min(all, most - (this.takenBy.get(agent ?? '') ?? 0));
  }

  /** Takes a place, also where there is none: what was claimed has to run. */
  take(agent: string): TurnPlace {
    this.count(agent, 1);
    let isTaken = true;
    return {
      free: () => {
        if (isTaken) this.count(agent, -1);
        isTaken = false;
      },
    };
  }

  private count(agent: string, change: 1 | -1): void {
    this.taken += change;
    this.takenBy.set(agent, (this.takenBy.get(agent) ?? 0) + change);
  }
}
