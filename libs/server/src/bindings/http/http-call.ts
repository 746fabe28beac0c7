import {
  A2A_EXTENSIONS_HEADER,
  A2A_VERSION_HEADER,
  invalidParam,
  isJsonObject,
  parseHeaderList,
  parseProtocolVersion,
} from '@nest-a2a/protocol';
import { V03_EXTENSIONS_HEADER } from '@nest-a2a/protocol/v0.3';
import { type Call } from '../../operations/call.js';
import { type CallFacts } from '../call-factory.service.js';
import { type HttpExchange } from './http-exchange.js';

/** The version that a request is in: the header counts, then the query parameter (A2A §3.6.1). */
export function requestedVersion(exchange: HttpExchange): string {
  return parseProtocolVersion(
    exchange.header(A2A_VERSION_HEADER) ??
      exchange.query.get(A2A_VERSION_HEADER) ??
      undefined,
  );
}

/** What is read of a request, over HTTP or with the metadata of gRPC for headers. */
export interface CallSource extends Pick<HttpExchange, 'header' | 'signal'> {
  readonly request: unknown;
}

/** What an HTTP request says about a call besides its agent, version and tenant. */
export function httpFacts(
  exchange: CallSource,
): Pick<
  CallFacts,
  'request' | 'extensions' | 'lastEventId' | 'traceparent' | 'signal'
> {
  return {
    request: exchange.request,
    extensions: parseHeaderList(
      [A2A_EXTENSIONS_HEADER, V03_EXTENSIONS_HEADER].flatMap(
        (name) => exchange.header(name) ?? [],
      ),
    ),
    lastEventId: exchange.header('last-event-id'),
    traceparent: exchange.header('traceparent'),
    signal: exchange.signal,
  };
}

/** Tells the caller which extensions are active (A2A §3.2.6), in the header that it used itself. */
export function extensionHeaders(
  { extensions, protocolVersion }: Call,
  exchange: CallSource,
): Record<string, string> {
  const isOld =
    protocolVersion === '0.3' &&
    exchange.header(A2A_EXTENSIONS_HEADER) === undefined;
  const name = isOld ? V03_EXTENSIONS_HEADER : A2A_EXTENSIONS_HEADER;
  return extensions.length > 0 ? { [name]: extensions.join(', ') } : {};
}

/**
 * The tenant that a request names, in its path or in its body (A2A §8.3.2).
 *
 * @param params the request as it came; a tenant of the wrong type is refused with the rest of it
 * @throws A2AError `INVALID_PARAMS` where path and body name two
 */
export function namedTenant(params: unknown, inPath = ''): string {
  const field = isJsonObject(params) ? params.tenant : undefined;
  const inBody = typeof field === 'string' ? field : '';
  if (inPath !== '' && inBody !== '' && inPath !== inBody) {
    throw invalidParam(
      'tenant',
      'Must be the tenant of the path, or be left out',
    );
  }
  return inPath || inBody;
}
