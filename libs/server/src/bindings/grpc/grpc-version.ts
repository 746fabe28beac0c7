import {
  A2A_VERSION_HEADER,
  parseProtocolVersion,
  type ProtocolVersion,
  versionNotSupported,
} from '@nest-a2a/protocol';
import { type GrpcExchange } from './grpc-exchange.js';

/**
 * The service says which version is spoken; what the caller says must fit. A
 * call that says nothing is one of 0.3 (A2A §3.6.2).
 *
 * @param rules.lenient whether a call that says nothing fits every service
 * @throws A2AError `VERSION_NOT_SUPPORTED`
 */
export function assertVersionOfService(
  exchange: GrpcExchange,
  ofService: ProtocolVersion,
  { lenient }: { readonly lenient: boolean },
): void {
  const value = exchange.header(A2A_VERSION_HEADER)?.trim() ?? '';
  if (value === '' && lenient) {
    return;
  }
  const requested = parseProtocolVersion(value);
  if (requested !== ofService) {
    throw versionNotSupported(requested, [ofService]);
  }
}
