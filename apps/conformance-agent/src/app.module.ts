import { type AgentCapabilities } from '@nest-a2a/protocol';
import { A2AModule } from '@nest-a2a/server';
import { type DynamicModule } from '@nestjs/common';
import { ConformanceWorker } from './conformance.worker.js';
import { type Profile, type Settings } from './settings.js';

const NOTHING: AgentCapabilities = {
  streaming: false,
  pushNotifications: false,
};
const EVERYTHING: AgentCapabilities = {
  streaming: true,
  pushNotifications: true,
  extendedAgentCard: true,
};

const CAPABILITIES: Readonly<Record<Profile, AgentCapabilities>> = {
  full: EVERYTHING,
  min: NOTHING,
  ext: {
    ...EVERYTHING,
    extensions: [{ uri: 'urn:a2a:tck:required-extension', required: true }],
  },
};

/** What the extended card says besides: test kits do not log in to see it. */
const EXTENDED_CARD = {
  extendedAgentCard: { description: 'Does all that a message id can say.' },
  publicExtendedAgentCard: true,
};

/** An agent for test kits: it does what the ids of their messages say. */
export class AppModule {
  static register({
    profile,
    grpcPort,
    runtime,
    encryptionKey,
  }: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        A2AModule.forRoot({
          agentCard: {
            name: 'Conformance Agent',
            description: 'Does what the id of a message says.',
            version: '0.1.0',
            capabilities: CAPABILITIES[profile],
            defaultInputModes: [
              'text/plain',
              'application/json',
              'application/octet-stream',
            ],
          },
          ...(CAPABILITIES[profile].extendedAgentCard && EXTENDED_CARD),
          bindings: ['JSONRPC', 'HTTP+JSON', 'GRPC'],
          grpc: { port: grpcPort },
          runtime,
          // Test kits use the same message ids again and again.
          idempotency: false,
          push: {
            // Their webhooks are on this machine, without TLS.
            allowHttp: true,
            allowPrivateNetworks: true,
            ...(encryptionKey !== undefined && { encryptionKey }),
          },
        }),
      ],
      providers: [ConformanceWorker],
    };
  }
}
