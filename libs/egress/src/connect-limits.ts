import {
  type ClientRequestArgs,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type InternalAxiosRequestConfig } from 'axios';

/** Longer than any request waits that says for how long. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** How long it may take until there is a connection. */
export interface ConnectLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What an agent gets of a request that was sent by {@link limitedTransport}. */
export interface LimitedRequestArgs extends ClientRequestArgs {
  readonly connectLimits?: ConnectLimits;
}

/**
 * A transport of axios that tells the agent how long the request waits. An
 * agent that connects in several steps has to know: a request without a socket
 * has nothing that its end could destroy.
 */
export function limitedTransport({
  timeout,
  signal,
}: InternalAxiosRequestConfig) {
  const connectLimits: ConnectLimits = {
    timeoutMs: timeout || DEFAULT_TIMEOUT_MS,
    ...(signal && { signal: signal as AbortSignal }),
  };
  return {
    request: (
      options: ClientRequestArgs,
      onResponse: (response: IncomingMessage) => void,
    ) => {
      const send = options.protocol === 'https:' ? httpsRequest : httpRequest;
      return send(
        { ...options, connectLimits } as LimitedRequestArgs,
        onResponse,
      );
    },
  };
}

/** The limits of a request; those of one that says nothing are long. */
export function connectLimitsOf({
  connectLimits = { timeoutMs: DEFAULT_TIMEOUT_MS },
}: LimitedRequestArgs): ConnectLimits {
  return connectLimits;
}
