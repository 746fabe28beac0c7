import { type EgressPolicy } from '@nest-a2a/egress';
import { type ProtocolVersion } from '@nest-a2a/protocol';
import { assertTimeout } from '../calls/call-scope.js';
import {
  type A2AClientOptions,
  DEFAULT_CLIENT_OPTIONS,
} from '../client-options.js';

/** The options that count for the whole life of a connection, complete. */
export interface ConnectionSettings {
  timeoutMs: number;
  maxEventBytes: number;
  maxResponseBytes: number;
  extensions: readonly string[];
  versions: readonly ProtocolVersion[];
}

/** Fills in the defaults. @throws TypeError for a value out of range */
export function completeOptions(options: A2AClientOptions): ConnectionSettings {
  const {
    timeoutMs = DEFAULT_CLIENT_OPTIONS.timeoutMs,
    maxEventBytes = DEFAULT_CLIENT_OPTIONS.maxEventBytes,
    maxResponseBytes = DEFAULT_CLIENT_OPTIONS.maxResponseBytes,
    extensions = [],
    versions = DEFAULT_CLIENT_OPTIONS.versions,
  } = options;
  assertBinding(options);
  assertVersions(versions);
  assertTimeout(timeoutMs);
  assertBytes(maxEventBytes, 'maxEventBytes');
  assertBytes(maxResponseBytes, 'maxResponseBytes');
  return { timeoutMs, maxEventBytes, maxResponseBytes, extensions, versions };
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
