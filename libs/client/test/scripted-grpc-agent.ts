import { once } from 'node:events';
import {
  type AddressInfo,
  createServer,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import {
  type Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { type Operation, type ProtocolVersion } from '@nest-a2a/protocol';
import {
  GRPC_SERVICES,
  type GrpcProcedure,
  type GrpcStatus,
} from '@nest-a2a/protocol/grpc';

type Call =
  ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

/** How a call is to fail. */
export interface ScriptedStatus extends Pick<GrpcStatus, 'code' | 'message'> {
  metadata?: Metadata;
}

/** A call as it came over the wire, and what a test can do about it. */
export class ScriptedCall {
  readonly body: any;
  readonly metadata: Metadata;
  /** Resolves when the caller has cancelled, or all is over. */
  readonly ended: Promise<void>;

  constructor(
    readonly version: ProtocolVersion,
    private readonly procedure: GrpcProcedure,
    readonly raw: Call,
    private readonly respond?: sendUnaryData<Buffer>,
  ) {
    this.body = procedure.decodeRequest(raw.request);
    this.metadata = raw.metadata;
    this.ended = new Promise((resolve) => raw.once('cancelled', resolve));
  }

  get operation(): Operation {
    return this.procedure.operation;
  }

  get path(): string {
    return this.procedure.path;
  }

  /** Answers: one message, or a stream of these. */
  answer(...results: object[]): void {
    if (this.respond) {
      this.respond(null, this.encode(results[0] ?? {}));
      return;
    }
    for (const result of results) void this.write(result);
    this.end();
  }

  /** Answers with bytes as they are. */
  answerBytes(bytes: Buffer): void {
    this.respond?.(null, bytes);
  }

  /** One message of a stream. Resolves when it is on its way. */
  write(result: object): Promise<void> {
    const stream = this.raw as ServerWritableStream<Buffer, Buffer>;
    return new Promise((resolve) => {
      stream.write(this.encode(result), () => resolve());
    });
  }

  end(): void {
    (this.raw as ServerWritableStream<Buffer, Buffer>).end();
  }

  fail({ code, message, metadata }: ScriptedStatus): void {
    const status = { code, details: message, ...(metadata && { metadata }) };
    if (this.respond) this.respond(status);
    else this.raw.emit('error', Object.assign(new Error(message), status));
  }

  private encode(result: object): Buffer {
    return Buffer.from(this.procedure.encodeResponse(result));
  }
}

export type GrpcScript = (call: ScriptedCall) => unknown;

export interface ScriptedGrpcOptions {
  host?: string;
  port?: number;
  credentials?: ServerCredentials;
}

/** A gRPC server of both versions that answers what a test tells it. */
export class ScriptedGrpcAgent {
  readonly calls: ScriptedCall[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  script: GrpcScript = (call) => call.fail({ code: 12, message: 'No script' });

  private constructor(
    private readonly listener: NetServer,
    credentials: ServerCredentials,
  ) {
    const server = new Server({ 'grpc.max_receive_message_length': 1 << 20 });
    for (const version of ['1.0', '0.3'] as const) this.serve(server, version);
    const injector = server.createConnectionInjector(credentials);
    listener.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
      injector.injectConnection(socket);
    });
  }

  static async start({
    host = '127.0.0.1',
    port = 0,
    credentials = ServerCredentials.createInsecure(),
  }: ScriptedGrpcOptions = {}): Promise<ScriptedGrpcAgent> {
    const listener = createServer();
    await once(listener.listen(port, host), 'listening');
    return new ScriptedGrpcAgent(listener, credentials);
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** As cards say it. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Waits until the other side has closed every connection. */
  async allClosed(): Promise<void> {
    await Promise.all([...this.sockets].map((socket) => once(socket, 'close')));
  }

  /** Breaks every connection. */
  async breakAll(): Promise<void> {
    const closed = this.allClosed();
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private serve(server: Server, version: ProtocolVersion): void {
    const asIs = (bytes: Buffer) => bytes;
    const { procedures } = GRPC_SERVICES[version];
    const definition = procedures.map((procedure) => [
      procedure.name,
      {
        path: procedure.path,
        requestStream: false,
        responseStream: procedure.isStreaming,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    ]);
    const handlers = procedures.map((procedure) => {
      const handle = (raw: Call, respond?: sendUnaryData<Buffer>) => {
        const call = new ScriptedCall(version, procedure, raw, respond);
        this.calls.push(call);
        this.script(call);
      };
      return [procedure.name, handle];
    });
    server.addService(
      Object.fromEntries(definition),
      Object.fromEntries(handlers),
    );
  }
}
