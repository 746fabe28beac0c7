import { A2AClient } from '../src/a2a-client.js';
import { type A2AClientOptions } from '../src/client-options.js';
import { grpc, type GrpcOptions } from '../src/grpc/grpc-connector.js';
import { cardFor, interfaceOf } from './scripted-agent.js';

export interface GrpcClientOptions extends A2AClientOptions, GrpcOptions {
  protocolVersion?: '1.0' | '0.3';
  tenant?: string;
}

/** A client of a server of this machine, by a card that names nothing else. */
export function grpcClient(
  address: string,
  {
    protocolVersion = '1.0',
    tenant,
    credentials,
    channelOptions,
    ...options
  }: GrpcClientOptions = {},
): Promise<A2AClient> {
  const more = { protocolVersion, ...(tenant !== undefined && { tenant }) };
  const card = {
    ...cardFor('http://localhost'),
    supportedInterfaces: [interfaceOf(address, 'GRPC', more)],
  };
  return A2AClient.connect(card, {
    bindings: [grpc({ credentials, channelOptions })],
    allowHttp: true,
    allowPrivateNetworks: true,
    ...options,
  });
}
