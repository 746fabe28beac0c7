import { A2AClientError } from '../errors/a2a-client-error.js';

/** What a gateway answers that got no answer itself (RFC 9110 §15.6.3, §15.6.5). */
const GATEWAY_STATUSES: readonly number[] = [502, 504];

/**
 * The error of a gateway before the agent; `undefined` where the status is not
 * one of a gateway. Whether the agent has seen the request it does not say.
 */
export function gatewayFailure(status: number): A2AClientError | undefined {
  return GATEWAY_STATUSES.includes(status)
    ? new A2AClientError(
        'gateway-failed',
        `A gateway before the agent had no answer from it: HTTP ${status}`,
        { status },
      )
    : undefined;
}
