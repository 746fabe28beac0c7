import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, type Socket } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { certificateFor } from '../../test/certificate.js';
import { grpcClient } from '../../test/grpc-client.js';
import { cardFor, failureOf, json, taskIn } from '../../test/scripted-agent.js';
import { ScriptedGrpcAgent } from '../../test/scripted-grpc-agent.js';
import { A2AClient } from '../a2a-client.js';
import { type A2AClientOptions } from '../client-options.js';
import { type Credentials } from './given-credentials.js';
import { mutualTls } from './mutual-tls.js';

const server = certificateFor('DNS:localhost,IP:127.0.0.1');
const caller = certificateFor('DNS:caller');
const PAIR = { cert: caller.certificate, key: caller.key };
const CERTIFICATE = mutualTls({ ...PAIR, ca: server.certificate });
const CARD = {
  securitySchemes: { certificate: { mtlsSecurityScheme: {} } },
  securityRequirements: [{ schemes: { certificate: { list: [] } } }],
};

/** An agent that talks to nobody without a certificate, not even about its card. */
class TlsAgent {
  readonly callers: string[] = [];
  readonly sockets = new Set<Socket>();

  private constructor(private readonly listener: Server) {
    listener.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
    });
    listener.on('request', ({ socket, url }, response) => {
      const { subjectaltname } = (socket as TLSSocket).getPeerCertificate();
      this.callers.push(`${subjectaltname} ${url}`);
      const card = { ...cardFor(this.url), ...CARD };
      json(response, url?.endsWith('.json') ? card : taskIn('COMPLETED'));
    });
  }

  static async start(rejectUnauthorized = true): Promise<TlsAgent> {
    const listener = createServer({
      key: server.key,
      cert: server.certificate,
      ca: caller.certificate,
      requestCert: true,
      rejectUnauthorized,
    });
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    return new TlsAgent(listener);
  }

  get url(): string {
    return `https://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await Promise.all([...this.sockets].map((one) => once(one, 'close')));
    this.listener.close();
  }
}

function connect(
  { url }: TlsAgent,
  credentials: Credentials,
  options: A2AClientOptions = {},
): Promise<A2AClient> {
  const binding = 'HTTP+JSON';
  return A2AClient.connect(url, { binding, credentials, ...options });
}

describe('a client certificate', () => {
  it('opens an agent that talks to nobody else', async () => {
    const agent = await TlsAgent.start();
    const client = await connect(agent, [CERTIFICATE]);
    expect((await client.getTask('t1')).state).toBe('completed');
    expect(agent.callers).toEqual([
      'DNS:caller /.well-known/agent-card.json',
      'DNS:caller /rest/tasks/t1',
    ]);
    await client.close();
    await agent.close();
  });

  it('is shown at no origin that only the card names', async () => {
    const [agent, other] = [
      await TlsAgent.start(),
      await TlsAgent.start(false),
    ];
    const card = { ...cardFor(other.url), securityRequirements: [] };
    const client = await A2AClient.connect(card, {
      binding: 'HTTP+JSON',
      credentials: [CERTIFICATE],
      credentialOrigins: [agent.url],
      allowPrivateNetworks: true,
    });
    // Its certificate is not believed there either.
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'connection-failed',
    });
    expect(other.callers).toEqual([]);
    await client.close();
    await Promise.all([agent.close(), other.close()]);
  });

  it('is not enough where the card names an interface elsewhere', async () => {
    const other = await TlsAgent.start();
    const client = await A2AClient.connect(
      { ...cardFor(other.url), ...CARD },
      {
        binding: 'HTTP+JSON',
        credentials: { certificate: CERTIFICATE },
        allowPrivateNetworks: true,
      },
    );
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'not-allowed',
    });
    expect(other.sockets.size).toBe(0);
    await client.close();
    await other.close();
  });
});

describe('a client certificate over gRPC', () => {
  let agent: ScriptedGrpcAgent;

  beforeEach(async () => {
    const pair = { private_key: server.key, cert_chain: server.certificate };
    agent = await ScriptedGrpcAgent.start({
      credentials: ServerCredentials.createSsl(
        caller.certificate,
        [pair],
        true,
      ),
    });
    agent.script = (call) => call.answer(taskIn('COMPLETED'));
  });

  afterEach(async () => {
    await agent.allClosed();
    await agent.close();
  });

  it('opens an agent that talks to nobody else', async () => {
    const client = await grpcClient(`grpcs://${agent.address}`, {
      auth: [CERTIFICATE],
      card: CARD,
      credentialOrigins: [`https://${agent.address}`],
    });
    expect((await client.getTask('t1')).state).toBe('completed');
    await client.close();
  });

  it.each([
    ['another host', [CERTIFICATE], ['https://agent.example']],
    ['nobody', undefined, []],
  ])('that is for %s does not open it', async (_, auth, credentialOrigins) => {
    const client = await grpcClient(`grpcs://${agent.address}`, {
      ...(auth && { auth }),
      credentialOrigins,
      retry: false,
    });
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'connection-failed',
    });
    expect(agent.calls).toEqual([]);
    await client.close();
  });

  it('is not satisfied where the interface has no TLS', async () => {
    const client = await grpcClient(`grpc://${agent.address}`, {
      auth: [CERTIFICATE],
      card: CARD,
      credentialOrigins: [`http://${agent.address}`],
    });
    expect(await failureOf(client.getTask('t1'))).toMatchObject({
      code: 'no-credentials',
    });
    expect(agent.connections).toBe(0);
    await client.close();
  });
});
