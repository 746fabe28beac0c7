import { type EgressPolicy } from '@nest-a2a/egress';
import { type ProtocolVersion } from '@nest-a2a/protocol';
import { assertTimeout } from '../calls/call-scope.js';
import { type RetryPolicy, toRetryPolicy } from '../calls/retry-options.js';
import {
  type A2AClientOptions,
  DEFAULT_CLIENT_OPTIONS,
} from '../client-options.js';
import { type ClientInterceptor } from '../interceptors/client-interceptor.js';
import { assertHeaders } from './assert-headers.js';

/** The options that count for the whole life of a connection, complete. */
export interface ConnectionSettings {
  timeoutMs: number;
  maxEventBytes: number;
  maxResponseBytes: number;
  maxCardBytes: number;
  cardHeaders: Readonly<Record<string, string>>;
  extensions: readonly string[];
  versions: readonly ProtocolVersion[];
  retry: RetryPolicy;
  connectTimeoutMs: number;
  streamIdleMs: number;
  streamResumeMs: number;
  interceptors: readonly ClientInterceptor[];
  /** Without that of the caller's URL. */
  credentialOrigins: readonly string[];
}

/** Fills in the defaults. @throws TypeError for a value out of range */
export function completeOptions(options: A2AClientOptions): ConnectionSettings {
  const {
    timeoutMs = DEFAULT_CLIENT_OPTIONS.timeoutMs,
    maxEventBytes = DEFAULT_CLIENT_OPTIONS.maxEventBytes,
    maxResponseBytes = DEFAULT_CLIENT_OPTIONS.maxResponseBytes,
    cardHeaders = {},
    maxCardBytes = DEFAULT_CLIENT_OPTIONS.maxCardBytes,
    extensions = [],
    versions = DEFAULT_CLIENT_OPTIONS.versions,
    connectTimeoutMs = DEFAULT_CLIENT_OPTIONS.connectTimeoutMs,
    streamIdleMs = DEFAULT_CLIENT_OPTIONS.streamIdleMs,
    streamResumeMs = DEFAULT_CLIENT_OPTIONS.streamResumeMs,
    interceptors = [],
    credentialOrigins = [],
  } = options;
  assertInterceptors(interceptors);
  assertBinding(options);
  assertVersions(versions);
  assertTimeout(timeoutMs);
  assertTimeout(connectTimeoutMs, 'connectTimeoutMs');
  assertTimeout(streamIdleMs, 'streamIdleMs');
  if (!(streamResumeMs >= 0)) {
    throw new TypeError('streamResumeMs must not be negative');
  }
  assertBytes(maxEventBytes, 'maxEventBytes');
  assertBytes(maxResponseBytes, 'maxResponseBytes');
  assertBytes(maxCardBytes, 'maxCardBytes');
  assertHeaders(cardHeaders);
  return {
    timeoutMs,
    maxEventBytes,
    maxResponseBytes,
    maxCardBytes,
    cardHeaders,
    extensions,
    versions,
    retry: toRetryPolicy(options.retry),
    connectTimeoutMs,
    streamIdleMs,
    streamResumeMs,
    interceptors,
    credentialOrigins: credentialOrigins.map(originOf),
  };
}

function assertInterceptors(interceptors: unknown): void {
  const areFunctions =
    Array.isArray(interceptors) &&
    interceptors.every((one) => typeof one === 'function');
  if (!areFunctions) {
    throw new TypeError('interceptors must be a list of functions');
  }
}

/** Written as browsers do, so that it can be compared. */
function originOf(url: string): string {
  if (!URL.canParse(url) || new URL(url).origin === 'null') {
    throw new TypeError('credentialOrigins must be absolute http(s) URLs');
  }
  return new URL(url).origin;
}

/** The part of the options that is about destinations. */
export function policyOf(options: A2AClientOptions): EgressPolicy {
  const { allowHttp, allowPrivateNetworks, allow, deny, ports } = options;
  return {
    ...(allowHttp !== undefined && { allowHttp }),
    ...(allowPrivateNetworks !== undefined && { allowPrivateNetworks }),
    ...(allow !== undefined && { allow }),
    ...(deny !== undefined && { deny }),
    ...(ports !== undefined && { ports }),
  };
}

function assertBinding({ binding, bindings = [] }: A2AClientOptions): void {
  const known = ['JSONRPC', 'HTTP+JSON', ...bindings.map((one) => one.binding)];
  if (binding !== undefined && !known.includes(binding)) {
    throw new TypeError(`binding must be one of ${known.join(', ')}`);
  }
}

function assertVersions(versions: readonly string[]): void {
  const known: readonly string[] = DEFAULT_CLIENT_OPTIONS.versions;
  if (
    versions.length === 0 ||
    !versions.every((version) => known.includes(version))
  ) {
    throw new TypeError(`versions must be some of ${known.join(', ')}`);
  }
}

function assertBytes(value: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new TypeError(`${name} must be a positive number of bytes`);
  }
}
