import {
  type ChannelCredentials,
  type ChannelOptions,
  credentials as Credentials,
} from '@grpc/grpc-js';
import { clientContextFor } from '@nest-a2a/egress';
import { type AgentInterface, type ProtocolVersion } from '@nest-a2a/protocol';
import {
  type BindingConnector,
  type BindingContext,
} from '../bindings/binding-connector.js';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { channelOptions } from './channel-options.js';
import { GrpcBinding } from './grpc-binding.js';
import { GrpcChannel } from './grpc-channel.js';
import { type GrpcTarget, parseGrpcTarget } from './grpc-target.js';
import { GRPC_WIRES } from './grpc-wire.js';
import { assertTargetAllowed, trustedOriginsFor } from './trusted-target.js';

/** Options of {@link grpc}. */
export interface GrpcOptions {
  /**
   * How connections are secured, and by call credentials who calls. They count
   * in place of what the URL of an interface says, and for whichever host the
   * card names.
   * @default TLS with verified certificates; without TLS where the URL begins with `grpc://` or `http://`, and to this machine itself
   */
  readonly credentials?: ChannelCredentials | undefined;

  /** Options of `@grpc/grpc-js`, such as `grpc.keepalive_time_ms`. The client's own limits and its rule against proxies are not among them. @default {} */
  readonly channelOptions?: ChannelOptions | undefined;
}

/**
 * The gRPC binding of A2A 1.0 and 0.3, for the option `bindings` of a client.
 * Needs the packages `@grpc/grpc-js` and `@bufbuild/protobuf`.
 *
 * The host of the URL that was given to `connect` need not obey the policy, on
 * whatever port; other hosts have to, without TLS with `allowHttp` only.
 */
export function grpc(options: GrpcOptions = {}): BindingConnector {
  return {
    binding: 'GRPC',
    versions: ['1.0', '0.3'],
    canCall: (url) => parseGrpcTarget(url) !== undefined,
    connect: (agentInterface, version, context) =>
      connect({ agentInterface, version }, context, options),
  };
}

interface Wanted {
  agentInterface: AgentInterface;
  version: ProtocolVersion;
}

function connect(
  { agentInterface: { url, tenant }, version }: Wanted,
  context: BindingContext,
  options: GrpcOptions,
): GrpcBinding {
  assertTenantHasForm(tenant, version);
  const target = targetOf(url, options);
  assertTargetAllowed(target, context);
  const { policy, trustedOrigins, credentialOrigins, limits } = context;
  const isTrusted = trustedOriginsFor(target, credentialOrigins).length > 0;
  const channel = new GrpcChannel({
    target,
    rules: {
      policy,
      trustedOrigins: trustedOriginsFor(target, trustedOrigins),
    },
    credentials: options.credentials ?? credentialsFor(target, context),
    options: channelOptions(target, limits, options.channelOptions),
    connectTimeoutMs: limits.connectTimeoutMs,
  });
  const wire = GRPC_WIRES[version];
  return new GrpcBinding(channel, { ...limits, wire, tenant, isTrusted });
}

/** Credentials of the caller say more than a URL. */
function targetOf(url: string, { credentials }: GrpcOptions): GrpcTarget {
  const target = parseGrpcTarget(url, credentials && true);
  if (!target) {
    throw new TypeError('The URL of a gRPC interface must be host:port');
  }
  return target;
}

function credentialsFor(
  target: GrpcTarget,
  { clientCertificate }: BindingContext,
): ChannelCredentials {
  const verified = { rejectUnauthorized: true };
  if (!target.isSecure) {
    return Credentials.createInsecure();
  }
  const isShown =
    clientCertificate &&
    trustedOriginsFor(target, clientCertificate.origins).length > 0;
  return isShown
    ? Credentials.createFromSecureContext(
        clientContextFor(clientCertificate),
        verified,
      )
    : Credentials.createSsl(null, null, null, verified);
}

/** Without its tenant a request would be for somebody else. */
function assertTenantHasForm(
  tenant: string | undefined,
  version: ProtocolVersion,
): void {
  if (tenant !== undefined && version === '0.3') {
    throw new A2AClientError(
      'no-interface',
      'The interface is for a tenant, which gRPC cannot say in A2A 0.3',
    );
  }
}
