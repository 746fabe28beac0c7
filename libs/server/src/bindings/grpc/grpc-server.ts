import {
  type sendUnaryData,
  type Server,
  type ServerCredentials,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { type GrpcProcedure, type GrpcService } from '@nest-a2a/protocol/grpc';
import { type Clock } from '@nest-a2a/store';
import { type GrpcEndpoint } from '../../agents/grpc-endpoint.js';
import { GrpcServerError } from './grpc.errors.js';
import { type GrpcCall } from './grpc-call.js';
import { type GrpcPackages } from './grpc-packages.js';
import { SideServices } from './side-services.js';
import { tableErrors } from './table-errors.js';

/** Time for connections to end by themselves. */
const CLOSE_TIMEOUT_MS = 2_000;

/** A call that has come for a procedure. */
export interface ReceivedCall {
  readonly service: GrpcService;
  readonly procedure: GrpcProcedure;
  readonly call: GrpcCall;
  /** Answers a call that is not for a stream. */
  readonly respond: sendUnaryData<Buffer> | undefined;
}

/** What a server is made of. */
export interface GrpcServerParts {
  /** Name of the agent, for errors. */
  readonly agent: string;
  readonly endpoint: GrpcEndpoint;
  readonly services: readonly GrpcService[];
  readonly packages: GrpcPackages;
  readonly maxBodyBytes: number;
  /** A connection that is silent for so long is asked whether it is alive. */
  readonly keepAliveMs: number;
  readonly clock: Clock;
  onCall(received: ReceivedCall): void;
}

/** Calls at the same time over one connection; the next ones wait at the client. */
const MAX_STREAMS_PER_CONNECTION = 1_000;

/** The gRPC server of one agent. The messages it takes and gives are bytes. */
export class GrpcServer {
  private readonly server: Server;
  private readonly side: SideServices;

  constructor(private readonly parts: GrpcServerParts) {
    const { packages, services, maxBodyBytes } = parts;
    this.server = new packages.grpc.Server({
      'grpc.max_receive_message_length': maxBodyBytes,
      'grpc.max_concurrent_streams': MAX_STREAMS_PER_CONNECTION,
      'grpc.keepalive_time_ms': parts.keepAliveMs,
      interceptors: [tableErrors(maxBodyBytes, packages)],
    });
    services.forEach((service) => this.add(service));
    this.side = new SideServices(this.server, services, packages);
  }

  /** @throws GrpcServerError `GRPC_CANNOT_LISTEN` */
  async listen(): Promise<void> {
    const { agent, endpoint, packages } = this.parts;
    const { host, port } = endpoint.options;
    const credentials =
      (endpoint.options.credentials as ServerCredentials | undefined) ??
      packages.grpc.ServerCredentials.createInsecure();
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const bound = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync(address, credentials, (error, found) =>
        error ? reject(error) : resolve(found),
      );
    }).catch((cause: unknown) => {
      throw new GrpcServerError(
        'GRPC_CANNOT_LISTEN',
        `The agent "${agent}" cannot answer gRPC at ${address}: ` +
          'give it another grpc.port or grpc.host, each agent its own.',
        cause,
      );
    });
    endpoint.listensOn(bound);
  }

  /** Tells who asks for the health that there will be no service soon. */
  refuse(): void {
    this.side.refuse();
  }

  /** Stops to listen. Connections that do not end in time are cut. */
  async close(): Promise<void> {
    this.side.end();
    const cancel = this.parts.clock.schedule(CLOSE_TIMEOUT_MS, () =>
      this.server.forceShutdown(),
    );
    await new Promise<void>((resolve) => {
      this.server.tryShutdown(() => resolve());
    });
    cancel();
  }

  private add(service: GrpcService): void {
    const handlers = service.procedures.map((procedure) => {
      const handle = (call: GrpcCall, respond?: sendUnaryData<Buffer>) =>
        this.parts.onCall({ service, procedure, call, respond });
      return [procedure.name, handle] as const;
    });
    this.server.addService(definitionOf(service), Object.fromEntries(handlers));
  }
}

/** The procedures with their bytes as they are: what is wrong with them is answered by the binding. */
function definitionOf({ procedures }: GrpcService): ServiceDefinition {
  const asIs = (bytes: Buffer) => bytes;
  return Object.fromEntries(
    procedures.map(({ name, path, isStreaming }) => [
      name,
      {
        path,
        requestStream: false,
        responseStream: isStreaming,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    ]),
  );
}
