import { type AbstractHttpAdapter } from '@nestjs/core';
import { installOnExpress } from './express-raw-body.js';
import { installOnFastify } from './fastify-raw-body.js';
import { type RawBodyOptions } from './raw-body-options.js';

/**
 * Leaves the bodies of requests to the agents as bytes: no parser of the
 * application rejects their media type, their size or their JSON in its own
 * way, and no route of the application is touched. Must be called before routes
 * are registered.
 */
export function installRawBody(
  adapter: AbstractHttpAdapter,
  options: RawBodyOptions,
): void {
  if (adapter.getType() === 'fastify') {
    installOnFastify(adapter, options);
  } else {
    installOnExpress(adapter, options);
  }
}
