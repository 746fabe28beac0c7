import {
  A2AClient,
  type A2AClientOptions,
  type BindingConnector,
} from '@nest-a2a/client';
import {
  type Arguments,
  type OptionValues,
} from './arguments/parse-arguments.js';
import { UsageError } from './arguments/usage-error.js';
import { grpcBinding, GRPC_HINT } from './grpc-binding.js';
import { type CommandIo } from './io.js';
import { requestHeaders, withHeaders } from './request-headers.js';

const VERSIONS = ['1.0', '0.3'] as const;

/**
 * The client of a command line; it connects with its first call.
 *
 * @param bindings besides the ones that the client has
 * @throws UsageError, TypeError
 */
export async function connect(
  { positionals, options }: Arguments,
  io: CommandIo,
  bindings: readonly BindingConnector[] = [],
): Promise<A2AClient> {
  const { url = '' } = positionals;
  assertNoPassword(url);
  const wanted = await clientOptions(options, io);
  return A2AClient.create(url, { bindings, ...wanted });
}

/** It would not be sent, and hints show the URL. */
function assertNoPassword(url: string): void {
  if (!URL.canParse(url)) return;
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') {
    throw new UsageError(
      'No name and password in the URL: A2A_TOKEN, A2A_HEADERS and --header are for that',
    );
  }
}

/** Milliseconds that a call may take. */
export function timeoutOf(options: OptionValues): number | undefined {
  const seconds = options.number('timeout', 0.001);
  return seconds === undefined ? undefined : seconds * 1_000;
}

async function clientOptions(
  options: OptionValues,
  { env }: CommandIo,
): Promise<A2AClientOptions> {
  const protocol = options.text('protocol');
  const version = VERSIONS.find((one) => one === protocol);
  if (protocol !== undefined && version === undefined) {
    throw new UsageError(`--protocol must be one of ${VERSIONS.join(', ')}`);
  }
  const headers = requestHeaders(options.all('header'), env);
  return {
    ...(await bindingOptions(options)),
    ...(version && { versions: [version] }),
    extensions: options.all('extension'),
    allowHttp: options.has('allow-http'),
    allowPrivateNetworks: options.has('allow-private-networks'),
    cardHeaders: headers,
    interceptors: [withHeaders(headers)],
    timeoutMs: timeoutOf(options),
  };
}

async function bindingOptions(
  options: OptionValues,
): Promise<A2AClientOptions> {
  const binding = options.text('binding');
  switch (binding) {
    case undefined:
      return {};
    case 'JSONRPC':
    case 'HTTP+JSON':
      return { binding };
    case 'GRPC':
      return { binding, bindings: [await wantedGrpc()] };
    default:
      throw new UsageError('--binding must be one of JSONRPC, HTTP+JSON, GRPC');
  }
}

async function wantedGrpc(): Promise<BindingConnector> {
  const binding = await grpcBinding();
  if (!binding) throw new UsageError(GRPC_HINT);
  return binding;
}
