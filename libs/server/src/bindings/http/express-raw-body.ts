import { type AbstractHttpAdapter } from '@nestjs/core';
import {
  type Addressed,
  addresseeOf,
  type RawBodyOptions,
} from './raw-body-options.js';

/** Names of the handlers of body-parser. */
const PARSERS = ['jsonParser', 'urlencodedParser', 'rawParser', 'textParser'];

interface Layer {
  readonly name: string;
}

/** What is used of an Express application: its own stack of middleware, which version 4 keeps elsewhere. */
interface ExpressApplication {
  readonly _router?: { readonly stack: Layer[] };
  readonly router?: { readonly stack: Layer[] };
}

/** What is used of the adapter besides what every adapter has. */
interface ExpressAdapterLike {
  useBodyParser(type: 'raw', rawBody: boolean, options: object): void;
}

type Next = (error?: unknown) => void;

/**
 * Reads the bodies with body-parser's own `raw`, which must come before the
 * parsers of the application: those would refuse what is larger than 100 kB.
 * body-parser leaves a request alone whose body was read already.
 */
export function installOnExpress(
  adapter: AbstractHttpAdapter,
  { routes, maxBodyBytes }: RawBodyOptions,
): void {
  (adapter as unknown as ExpressAdapterLike).useBodyParser('raw', false, {
    type: (request: Addressed) => addresseeOf(request, routes) !== undefined,
    limit: maxBodyBytes,
    // Fastify does not either, and a small body could become a large one.
    inflate: false,
  });
  moveBeforeParsers(adapter.getInstance<ExpressApplication>());
}

/** Answers in the agent's form what Express itself refuses on an agent's path. Must come after the routes. */
export function installErrorsOnExpress(
  adapter: AbstractHttpAdapter,
  { routes, onError }: RawBodyOptions,
): void {
  adapter.use(
    (error: unknown, request: Addressed, response: unknown, next: Next) => {
      const isOurs = addresseeOf(request, routes) !== undefined;
      if (isOurs) onError(error, request, response);
      else next(error);
    },
  );
}

function moveBeforeParsers(application: ExpressApplication): void {
  // The getter `router` throws in Express 4.
  const stack = (application._router ?? application.router)?.stack ?? [];
  const first = stack.findIndex(({ name }) => PARSERS.includes(name));
  const own = stack.pop();
  if (own) {
    stack.splice(first < 0 ? stack.length : first, 0, own);
  }
}
