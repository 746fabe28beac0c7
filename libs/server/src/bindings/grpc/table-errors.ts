import { bodyTooLarge } from '@nest-a2a/protocol';
import {
  type ServerInterceptor,
  type ServerInterceptingCall,
} from '@grpc/grpc-js';
import { toGrpcFailure } from './grpc-failure.js';
import { type GrpcPackages } from './grpc-packages.js';

/** How `@grpc/grpc-js` begins to tell that a message is larger than it takes. */
const TOO_LARGE = /^Received message (?:larger|that decompresses)/;

/**
 * Answers a message that is too large as the other bindings do. `@grpc/grpc-js`
 * refuses it below all handlers, with a status of its own.
 */
export function tableErrors(
  maxBodyBytes: number,
  packages: GrpcPackages,
): ServerInterceptor {
  const { code, message, trailers } = toGrpcFailure(
    bodyTooLarge(maxBodyBytes),
    packages,
  );
  return (_method, call) => {
    const send = call.sendStatus.bind(call);
    call.sendStatus = (status) =>
      send(
        TOO_LARGE.test(status.details)
          ? { code, details: message, metadata: trailers }
          : status,
      );
    return call as ServerInterceptingCall;
  };
}
