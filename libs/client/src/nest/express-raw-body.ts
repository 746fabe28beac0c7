import { type IncomingMessage } from 'node:http';
import { type AbstractHttpAdapter } from '@nestjs/core';
import { readWebhookBody } from '../webhooks/webhook-body.js';
import { type RawBodyOptions } from './raw-body-options.js';
import { routeMatcher } from './route-matcher.js';

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

interface ExpressRequest extends IncomingMessage {
  body?: unknown;
  /** Tells older versions of body-parser that the body was read. */
  _body?: boolean;
}

/**
 * Reads the bodies of webhooks before the parsers of the application, which
 * would parse them, and refuse what is larger than 100 kB. Those leave a
 * request alone whose body was read.
 */
export function installOnExpress(
  adapter: AbstractHttpAdapter,
  { routes, maxBodyBytes, onError }: RawBodyOptions,
): void {
  const isWebhook = routeMatcher(routes);
  adapter.use(
    (request: ExpressRequest, response: unknown, next: () => void) => {
      if (!isWebhook(request) || request.readableEnded) {
        return next();
      }
      // Whether it is compressed is for the receiver to judge.
      const limits = { header: () => '', maxBytes: maxBodyBytes };
      readWebhookBody(request, limits).then(
        (bytes) => {
          request.body = bytes;
          request._body = true;
          next();
        },
        (error: unknown) => onError(error, response),
      );
    },
  );
  moveBeforeParsers(adapter.getInstance<ExpressApplication>());
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
