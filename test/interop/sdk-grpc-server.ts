import { Server, ServerCredentials } from '@grpc/grpc-js';
import {
  LegacyA2AService,
  legacyGrpcService,
} from '@a2a-js/sdk/compat/v0_3/server/grpc';
import { type A2ARequestHandler } from '@a2a-js/sdk/server';
import { A2AService, grpcService } from '@a2a-js/sdk/server/grpc';
import { KNOWN_USER } from './sdk-user.js';

/** The gRPC server of the official SDK. Its port is there before its handler, whose card names it. */
export class SdkGrpcServer {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async listen(handler: () => A2ARequestHandler) {
    const server = new Server();
    const requestHandler = later(handler);
    const options = { requestHandler, userBuilder: KNOWN_USER };
    server.addService(A2AService, grpcService(options));
    server.addService(LegacyA2AService, legacyGrpcService(options));
    const port = await new Promise<number>((resolve, reject) => {
      const insecure = ServerCredentials.createInsecure();
      server.bindAsync('127.0.0.1:0', insecure, (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return new SdkGrpcServer(server, port);
  }

  close(): void {
    this.server.forceShutdown();
  }
}

/** Stands for a handler that is made when it is first asked. */
function later(handler: () => A2ARequestHandler): A2ARequestHandler {
  return new Proxy({} as A2ARequestHandler, {
    get: (_target, name: keyof A2ARequestHandler) => {
      const real = handler();
      const member = real[name] as (...args: unknown[]) => unknown;
      return member.bind(real);
    },
  });
}
