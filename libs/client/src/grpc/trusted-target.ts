import { admitUrl, type EgressPolicy } from '@nest-a2a/egress';
import { fromEgressFailure } from '../http/egress-failure.js';
import { type GrpcTarget, isLoopback } from './grpc-target.js';

/** What a target is judged by. */
export interface TargetRules {
  readonly policy: EgressPolicy;
  /** Origins of the caller's own URL. */
  readonly trustedOrigins: readonly string[];
}

/**
 * The origins that need not obey the policy: the target itself, where it is on
 * the host of the caller's own URL, on whatever port, as gRPC has one of its
 * own. A host that the caller names by `https` is not trusted without TLS.
 */
export function trustedOriginsFor(
  { origin, hostname, isSecure }: GrpcTarget,
  trustedOrigins: readonly string[],
): string[] {
  const isTrusted = trustedOrigins
    .map((trusted) => new URL(trusted))
    .some(
      (trusted) =>
        trusted.hostname === hostname &&
        (isSecure || trusted.protocol === 'http:' || isLoopback(hostname)),
    );
  return isTrusted ? [origin] : [];
}

/** Judges a target by its text, without a connection. @throws A2AClientError `not-allowed` */
export function assertTargetAllowed(
  target: GrpcTarget,
  { policy, trustedOrigins }: TargetRules,
): void {
  if (trustedOriginsFor(target, trustedOrigins).length > 0) {
    return;
  }
  try {
    admitUrl(target.origin, policy);
  } catch (error) {
    throw fromEgressFailure(error);
  }
}
