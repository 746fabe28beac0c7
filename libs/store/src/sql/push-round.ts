/** One that was forgotten begins anew, so few need to be remembered. */
const MAX_ORIGINS = 1_000;

/**
 * Which tenant came last, for each origin that several tenants have something
 * for. Each instance goes round by itself, see {@link TurnRound}.
 */
export class PushRound {
  private readonly lastKeys = new Map<string, string>();

  /** The origins with the tenant that came last, as JSON. */
  toJson(): string {
    const places = [...this.lastKeys];
    return JSON.stringify(places.map(([origin, last]) => ({ origin, last })));
  }

  /** The tenant that came last; `undefined` where the round begins. */
  lastOf(origin: string): string | undefined {
    return this.lastKeys.get(origin);
  }

  /** Says who came last: the next round for this origin begins behind it. */
  endWith(origin: string, tenantKey: string): void {
    this.forget(origin);
    this.lastKeys.set(origin, tenantKey);
    const [oldest] = this.lastKeys.keys();
    if (this.lastKeys.size > MAX_ORIGINS && oldest !== undefined) {
      this.forget(oldest);
    }
  }

  /** There is one tenant only. */
  forget(origin: string): void {
    this.lastKeys.delete(origin);
  }
}
