import { type AgentCard } from '@nest-a2a/protocol';
import { type AgentRoute } from './agent-route.js';

/** How long an interface that could not be reached is asked after all others. */
const AVOIDED_MS = 30_000;

/** The interfaces of one card in the order to call them, and which of them could not be reached lately. */
export class AgentRoutes {
  readonly #avoidedUntil = new Map<AgentRoute, number>();

  /** @param all at least one, the preferred first */
  constructor(
    readonly card: AgentCard,
    readonly all: readonly AgentRoute[],
  ) {}

  /** The one to call next, none of these; an interface that could not be reached lately only where there is no other. */
  next(
    passedOver: ReadonlySet<AgentRoute> = new Set(),
  ): AgentRoute | undefined {
    const left = this.all.filter((route) => !passedOver.has(route));
    const now = Date.now();
    return (
      left.find((route) => (this.#avoidedUntil.get(route) ?? 0) <= now) ??
      left[0]
    );
  }

  noteReached(route: AgentRoute): void {
    this.#avoidedUntil.delete(route);
  }

  noteUnreachable(route: AgentRoute): void {
    this.#avoidedUntil.set(route, Date.now() + AVOIDED_MS);
  }
}
