import {
  Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  credentials,
  type ChannelCredentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { type A2AError, type Operation } from '@nest-a2a/protocol';
import {
  fromGrpcStatus,
  GRPC_METADATA,
  GRPC_SERVICES,
} from '@nest-a2a/protocol/grpc';
import { internal } from './internals.js';
import { type TestAgent } from './test-agent.js';

/** What a call was answered with. */
export interface GrpcAnswer {
  readonly body: any;
  readonly headers: Metadata;
}

/** What a call that failed ended with. */
export class GrpcCallError extends Error {
  readonly error: A2AError;

  constructor(readonly status: ServiceError) {
    super(status.details);
    const [details] = status.metadata.get(GRPC_METADATA.statusDetails);
    this.error = fromGrpcStatus({
      code: status.code,
      message: status.details,
      ...(Buffer.isBuffer(details) && { details }),
    });
  }
}

export interface GrpcClientOptions {
  version?: '1.0' | '0.3';
  channel?: ChannelCredentials;
}

/** How one call differs from others. */
export interface GrpcCallOptions {
  metadata?: Record<string, string>;
  deadlineMs?: number;
  /** Instead of the message: bytes as they are. */
  bytes?: Buffer;
}

/** Calls an agent with nothing but `@grpc/grpc-js` and our codecs. */
export class GrpcClient {
  private readonly client: Client;
  private readonly version: '1.0' | '0.3';

  constructor(
    address: string,
    {
      version = '1.0',
      channel = credentials.createInsecure(),
    }: GrpcClientOptions = {},
  ) {
    this.version = version;
    this.client = new Client(address, channel);
  }

  /** Calls a procedure that answers once. */
  async call(
    operation: Operation,
    request: object,
    options: GrpcCallOptions = {},
  ): Promise<GrpcAnswer> {
    return this.begin(operation, request, options).answer;
  }

  /** The error that a call ends with. */
  async refusal(
    operation: Operation,
    request: object,
    options: GrpcCallOptions = {},
  ): Promise<GrpcCallError> {
    try {
      const { streaming } = this.procedure(operation);
      if (streaming) {
        const messages = this.open(operation, request, options);
        while (!(await messages.next()).done);
      } else {
        await this.call(operation, request, options);
      }
    } catch (error) {
      if (error instanceof GrpcCallError) return error;
      throw error;
    }
    throw new Error(`${operation} was answered`);
  }

  /** A call that can be cancelled. */
  begin(
    operation: Operation,
    request: object,
    options: GrpcCallOptions = {},
  ): { call: ClientUnaryCall; answer: Promise<GrpcAnswer> } {
    const { path, write, read } = this.procedure(operation);
    let call!: ClientUnaryCall;
    const answer = new Promise<GrpcAnswer>((resolve, reject) => {
      let headers = new Metadata();
      call = this.client.makeUnaryRequest(
        path,
        (message: object) => options.bytes ?? write(message),
        read,
        request,
        this.metadata(options),
        callOptions(options),
        (error, body) =>
          error ? reject(new GrpcCallError(error)) : resolve({ body, headers }),
      );
      call.on('metadata', (metadata: Metadata) => (headers = metadata));
    });
    return { call, answer };
  }

  /** Opens a stream. */
  stream(
    operation: Operation,
    request: object,
    options: GrpcCallOptions = {},
  ): ClientReadableStream<any> {
    const { path, write, read } = this.procedure(operation);
    return this.client.makeServerStreamRequest(
      path,
      (message: object) => options.bytes ?? write(message),
      read,
      request,
      this.metadata(options),
      callOptions(options),
    );
  }

  /** The messages of a stream. */
  async *open(
    operation: Operation,
    request: object,
    options: GrpcCallOptions = {},
  ): AsyncGenerator<any, void, undefined> {
    const stream = this.stream(operation, request, options);
    try {
      for await (const message of stream) yield message;
    } catch (error) {
      throw new GrpcCallError(error as ServiceError);
    } finally {
      stream.cancel();
    }
  }

  close(): void {
    this.client.close();
  }

  private metadata({ metadata = {} }: GrpcCallOptions): Metadata {
    const sent = new Metadata();
    const all =
      this.version === '1.0' ? { 'a2a-version': '1.0', ...metadata } : metadata;
    for (const [key, value] of Object.entries(all)) {
      if (value !== '') sent.set(key, value);
    }
    return sent;
  }

  private procedure(operation: Operation) {
    const procedure = GRPC_SERVICES[this.version].procedures.find(
      (one) => one.operation === operation,
    );
    if (!procedure) throw new TypeError(`No ${operation} in ${this.version}`);
    return {
      path: procedure.path,
      streaming: procedure.isStreaming,
      write: (message: object) => Buffer.from(procedure.encodeRequest(message)),
      read: (bytes: Buffer) => procedure.decodeResponse(bytes) as any,
    };
  }
}

function callOptions({ deadlineMs }: GrpcCallOptions) {
  return deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
}

/** Where an agent answers gRPC. */
export function grpcAddress({ app }: TestAgent, name = 'default'): string {
  const agent = internal(app, 'AgentRegistry').get(name);
  return `127.0.0.1:${agent.grpc.port}`;
}

/** Options of an agent that answers gRPC on a free port of this machine. */
export const GRPC_AGENT = {
  bindings: ['JSONRPC', 'HTTP+JSON', 'GRPC'] as const,
  grpc: { port: 0, host: '127.0.0.1' },
};

/** The event in short: `task SUBMITTED`, `WORKING`, `artifact`, `message`. */
export function brief(event: any): string {
  const state = (status: any) => status.state.replace('TASK_STATE_', '');
  if (event.task) return `task ${state(event.task.status)}`;
  if (event.statusUpdate) return state(event.statusUpdate.status);
  return event.artifactUpdate ? 'artifact' : 'message';
}
