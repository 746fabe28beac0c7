import { type IncomingMessage } from 'node:http';
import { type AbstractHttpAdapter } from '@nestjs/core';
import { WebhookError } from '../webhooks/webhook-error.js';
import { type RawBodyOptions } from './raw-body-options.js';

/** A media type of our own: Fastify chooses the parser of a body by its type. */
const RAW_MEDIA_TYPE = 'application/vnd.nest-a2a.webhook';

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

/** Reads the bodies of webhooks as they are: their routes present them under a media type whose parser does nothing. */
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
    const isWebhook = routes.some(
      ({ method, pattern }) =>
        pattern === route.url && (method === 'ALL' || methods.includes(method)),
    );
    if (!isWebhook) {
      return;
    }
    route.bodyLimit = maxBodyBytes;
    route.onRequest = [hide, ...[route.onRequest ?? []].flat()];
    route.preValidation = [show, ...[route.preValidation ?? []].flat()];
    route.errorHandler = (error: unknown, _request: unknown, reply: unknown) =>
      onError(toWebhookError(error, maxBodyBytes), reply);
  });
}

/** Put our media type in place of the one that the request came with until its body is read: guards see the real one. */
function contentTypeHooks(): { hide: Hook; show: Hook } {
  const originals = new WeakMap<IncomingMessage, string | undefined>();
  return {
    hide: ({ raw }, _reply, done) => {
      originals.set(raw, raw.headers['content-type']);
      raw.headers['content-type'] = RAW_MEDIA_TYPE;
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

function toWebhookError(cause: unknown, maxBytes: number): WebhookError {
  const { statusCode } = cause as { statusCode?: number };
  return statusCode === 413
    ? new WebhookError(
        'body-too-large',
        `The body of a webhook is larger than ${maxBytes} bytes`,
      )
    : new WebhookError('body-not-valid', 'The body cannot be read', { cause });
}
