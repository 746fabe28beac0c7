/** The names of gRPC metadata are in lower case. What the HTTP headers of the same names say. */
export const GRPC_METADATA = Object.freeze({
  version: 'a2a-version',
  extensions: 'a2a-extensions',
  /** Of A2A 0.3. */
  extensionsOf03: 'x-a2a-extensions',
  lastEventId: 'last-event-id',
  traceparent: 'traceparent',
  /** Trailer: the bytes of a `google.rpc.Status`. */
  statusDetails: 'grpc-status-details-bin',
  /** Trailer: seconds until it makes sense to try again. */
  retryAfter: 'retry-after',
  /** Trailer: how to authenticate. */
  challenge: 'www-authenticate',
});
