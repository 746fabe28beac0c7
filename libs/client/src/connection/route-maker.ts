import { type AgentCard } from '@nest-a2a/protocol';
import {
  type BindingConnector,
  type BindingContext,
} from '../bindings/binding-connector.js';
import {
  type Abilities,
  type SelectedInterface,
  selectInterfaces,
} from '../card/select-interface.js';
import { isA2AClientError } from '../errors/a2a-client-error.js';
import { type AgentRoute } from './agent-route.js';
import { AgentRoutes } from './agent-routes.js';

/** Interfaces that are in the card no more, whose connections are left to the calls that use them. */
const MAX_RETIRED = 8;

/** What routes are made with. */
export interface RouteMakings extends Abilities {
  readonly connectors: readonly BindingConnector[];
  /** The only binding to use. */
  readonly pinned: string | undefined;
  readonly context: BindingContext;
}

/** Makes the routes of each card, and keeps those of interfaces that are in the next one too. */
export class RouteMaker {
  readonly #makings: RouteMakings;
  /** By what they are made of, those of the latest card last. */
  #open = new Map<string, AgentRoute>();
  #isClosed = false;

  constructor(makings: RouteMakings) {
    this.#makings = makings;
  }

  /**
   * The routes of a card; an interface that the policy refuses is left out.
   *
   * @throws A2AError `VERSION_NOT_SUPPORTED`
   * @throws A2AClientError `no-interface`, `not-allowed` where all are refused
   */
  routesOf(card: AgentCard): AgentRoutes {
    const { pinned } = this.#makings;
    const routes: AgentRoute[] = [];
    const refusals: unknown[] = [];
    for (const selected of selectInterfaces(card, this.#makings, pinned)) {
      try {
        routes.push(this.#route(selected));
      } catch (error) {
        if (!isA2AClientError(error)) {
          throw error;
        }
        refusals.push(error);
      }
    }
    if (routes.length === 0) {
      throw refusals[0];
    }
    this.#retire(routes);
    return new AgentRoutes(card, routes);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#open.values()];
    await Promise.all(open.map(async ({ binding }) => binding.close?.()));
  }

  #route({ agentInterface, connector, version }: SelectedInterface) {
    const key = JSON.stringify([agentInterface, connector.binding, version]);
    const known = this.#open.get(key);
    const binding =
      known?.binding ??
      connector.connect(agentInterface, version, this.#makings.context);
    const route = known ?? { agentInterface, version, binding };
    this.#open.delete(key);
    this.#open.set(key, route);
    if (this.#isClosed) {
      void binding.close?.();
    }
    return route;
  }

  #retire(current: readonly AgentRoute[]): void {
    const retired = [...this.#open].filter(
      ([, route]) => !current.includes(route),
    );
    const surplus = retired.slice(0, -MAX_RETIRED);
    for (const [key, { binding }] of surplus) {
      this.#open.delete(key);
      void binding.close?.();
    }
  }
}
