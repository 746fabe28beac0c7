import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { AgentCard } from '@a2a-js/sdk';
import {
  DefaultExecutionEventBusManager,
  DefaultPushNotificationSender,
  DefaultRequestHandler,
  InMemoryPushNotificationStore,
  InMemoryTaskStore,
} from '@a2a-js/sdk/server';
import {
  agentCardHandler,
  jsonRpcHandler,
  restHandler,
} from '@a2a-js/sdk/server/express';
import { V03PushNotificationSerializer } from '@a2a-js/sdk/compat/v0_3/server';
import express from 'express';
import { Gate } from '../support/gate.js';
import { CARD } from '../support/test-agent.js';
import { EXTENDED, INPUT_MODES, type InteropAgent } from './interop-agent.js';
import { SdkExecutor } from './sdk-executor.js';
import { SdkGrpcServer } from './sdk-grpc-server.js';
import { KNOWN_USER } from './sdk-user.js';

const legacyCompat = { enabled: true };
const VERSIONS = ['1.0', '0.3'];

/** The servers of the official SDK, on Express and gRPC. */
export async function startSdk(): Promise<InteropAgent> {
  const gate = new Gate();
  const app = express();
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const grpc = await SdkGrpcServer.listen(() => requestHandler);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const pushes = new InMemoryPushNotificationStore();
  const sender = new PatientSender(pushes, {
    serializers: { '0.3': new V03PushNotificationSerializer() },
  });
  const card = cardOf(url, `127.0.0.1:${grpc.port}`);
  const requestHandler = new DefaultRequestHandler(
    card,
    new InMemoryTaskStore(),
    new SdkExecutor(gate),
    new DefaultExecutionEventBusManager(),
    pushes,
    sender,
    { ...card, description: EXTENDED },
    undefined,
    { validateInputModes: true },
  );
  const options = { requestHandler, userBuilder: KNOWN_USER, legacyCompat };
  const provider = { agentCardProvider: requestHandler, legacyCompat };
  app.use('/.well-known/agent-card.json', agentCardHandler(provider));
  app.use('/rpc', jsonRpcHandler(options));
  app.use('/rest', restHandler(options));
  return {
    url,
    openGate: () => gate.open(),
    close: async () => {
      gate.open();
      await sender.untilSent();
      grpc.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function cardOf(url: string, grpcUrl: string): AgentCard {
  return AgentCard.fromJSON({
    ...CARD,
    capabilities: { ...CARD.capabilities, extendedAgentCard: true },
    supportedInterfaces: VERSIONS.flatMap((protocolVersion) => [
      { url: `${url}/rpc`, protocolBinding: 'JSONRPC', protocolVersion },
      { url: `${url}/rest`, protocolBinding: 'HTTP+JSON', protocolVersion },
      { url: grpcUrl, protocolBinding: 'GRPC', protocolVersion },
    ]),
    defaultInputModes: INPUT_MODES,
    defaultOutputModes: ['text/plain'],
    skills: [{ id: 'test', name: 'Test', description: 'Test', tags: ['test'] }],
  });
}

/** Nobody else waits for what is sent. */
class PatientSender extends DefaultPushNotificationSender {
  private readonly sending: Promise<void>[] = [];

  override send(
    ...args: Parameters<DefaultPushNotificationSender['send']>
  ): Promise<void> {
    const sent = super.send(...args);
    this.sending.push(sent);
    return sent;
  }

  async untilSent(): Promise<void> {
    await Promise.all(this.sending);
  }
}
