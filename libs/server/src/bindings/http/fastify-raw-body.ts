import { type IncomingMessage } from 'node:http';
import { type AbstractHttpAdapter } from '@nestjs/core';
import { type RawBodyOptions } from './raw-body-options.js';

/** A media type of our own: Fastify chooses the parser of a body by its type. */
const RAW_MEDIA_TYPE = 'application/vnd.nest-a2a.raw';

type Done = (error: null, body?: unknown) => void;

interface FastifyRequest {
  readonly raw: IncomingMessage;
}

type Hook = (request: FastifyRequest, reply: unknown, done: () => void) => void;

/** The options of a route, as the `onRoute` hook may change them. */
interface RouteOptions {
  readonly method: string | string[];
  readonly url: string;
  bodyLimit?: number;
  onRequest?: unknown;
  preValidation?: unknown;
  errorHandler?: unknown;
}

/** What is used of a Fastify instance. */
interface FastifyInstance {
  addHook(name: 'onRoute', hook: (route: RouteOptions) => void): void;
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer' },
    parser: (request: unknown, body: unknown, done: Done) => void,
  ): void;
}

/**
 * Reads the bodies as they are. Only the routes of the agents are changed: each
 * presents its requests under a media type whose parser does nothing.
 */
export function installOnFastify(
  adapter: AbstractHttpAdapter,
  { routes, maxBodyBytes, onError }: RawBodyOptions,
): void {
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.addContentTypeParser(
    RAW_MEDIA_TYPE,
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );
  const { hide, show } = contentTypeHooks();
  fastify.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    const isOurs = methods.some((method) =>
      routes.some((agent) => agent.isRoute(method, route.url)),
    );
    if (!isOurs) {
      return;
    }
    route.bodyLimit = maxBodyBytes;
    route.onRequest = [hide, ...[route.onRequest ?? []].flat()];
    route.preValidation = [show, ...[route.preValidation ?? []].flat()];
    route.errorHandler = (error: unknown, request: unknown, reply: unknown) =>
      onError(error, request, reply);
  });
}

/** Put our media type in place of the one that the request came with until its body is read: guards see the real one. */
function contentTypeHooks(): { hide: Hook; show: Hook } {
  const originals = new WeakMap<IncomingMessage, string | undefined>();
  return {
    hide: ({ raw }, _reply, done) => {
      // Also without a body: the parser of `application/json` refuses an empty one.
      if (raw.method !== 'GET') {
        originals.set(raw, raw.headers['content-type']);
        raw.headers['content-type'] = RAW_MEDIA_TYPE;
      }
      done();
    },
    show: ({ raw }, _reply, done) => {
      const original = originals.get(raw);
      if (original !== undefined) raw.headers['content-type'] = original;
      else delete raw.headers['content-type'];
      done();
    },
  };
}
