import {
  type CanActivate,
  Injectable,
  SetMetadata,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { type GrpcCall } from './grpc-call.js';
import { type GrpcRequest } from './grpc-request.js';
import { type Metadata } from '@grpc/grpc-js';

/** What guards and interceptors get: `switchToRpc().getData()`, `getContext()`, and the call. */
export type GrpcArguments = [
  request: GrpcRequest,
  metadata: Metadata,
  call: GrpcCall,
];

/** Where the guards of an agent stand, for Nest to find them. */
export interface GrpcHandler {
  readonly handle: (
    ...args: [...GrpcArguments, answer: () => Promise<void>]
  ) => Promise<void>;
}

/** Metadata key of providers that are called from outside: guards of the application that are made for each request count for them. */
const ENTRY_PROVIDER = '__entryProvider__';

/** Token of the class of an agent's {@link GrpcHandler}. */
export function getGrpcHandlerToken(agent = 'default'): symbol {
  return Symbol.for(`@nest-a2a/server:GRPC_HANDLER:${agent}`);
}

/** A class for each agent, because its guards stand in the metadata of the class. */
export function createGrpcHandler(
  guards: readonly (Type<CanActivate> | CanActivate)[],
): Type<GrpcHandler> {
  @Injectable()
  @SetMetadata(ENTRY_PROVIDER, true)
  @UseGuards(...guards)
  class A2AGrpcHandler implements GrpcHandler {
    handle(
      _request: GrpcRequest,
      _metadata: Metadata,
      _call: GrpcCall,
      answer: () => Promise<void>,
    ): Promise<void> {
      return answer();
    }
  }
  return A2AGrpcHandler;
}
