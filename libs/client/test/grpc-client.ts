import { A2AClient } from '../src/a2a-client.js';
import { type Credentials } from '../src/auth/given-credentials.js';
import { type A2AClientOptions } from '../src/client-options.js';
import { grpc, type GrpcOptions } from '../src/grpc/grpc-connector.js';
import { cardFor, interfaceOf } from './scripted-agent.js';

export interface GrpcClientOptions
  extends Omit<A2AClientOptions, 'credentials'>, GrpcOptions {
  protocolVersion?: '1.0' | '0.3';
  tenant?: string;
  /** What the card says besides. */
  card?: object;
  /** What the client proves itself with; `credentials` are those of the channel. */
  auth?: Credentials;
}

/** A client of a server of this machine, by a card that names nothing else. */
export function grpcClient(
  address: string,
  {
    protocolVersion = '1.0',
    tenant,
    card: moreOfCard,
    auth,
    credentials,
    channelOptions,
    ...options
  }: GrpcClientOptions = {},
): Promise<A2AClient> {
  const more = { protocolVersion, ...(tenant !== undefined && { tenant }) };
  const card = {
    ...cardFor('http://localhost'),
    supportedInterfaces: [interfaceOf(address, 'GRPC', more)],
    ...moreOfCard,
  };
  return A2AClient.connect(card, {
    retry: false,
    streamResumeMs: 0,
    bindings: [grpc({ credentials, channelOptions })],
    allowHttp: true,
    allowPrivateNetworks: true,
    ...(auth && { credentials: auth }),
    ...options,
  });
}
