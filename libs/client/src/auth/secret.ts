import { isHeaderValue } from '@nest-a2a/egress';
import { untilAborted } from '../calls/until-aborted.js';
import { A2AClientError } from '../errors/a2a-client-error.js';
import { type ProofRequest } from './proof.js';

/** What is known when a secret is asked for. */
export interface SecretRequest {
  /** Whether the agent has refused what was answered before (HTTP 401): a value that was kept is to be replaced. */
  readonly isRefused: boolean;
}

/** A secret, or a function that answers it. The function is asked for each request. */
export type Secret =
  string | ((request: SecretRequest) => string | Promise<string>);

/** @throws TypeError for what is neither text that a header can carry, nor a function */
export function assertSecret(secret: Secret, what: string): void {
  if (typeof secret !== 'function' && !isSendable(secret)) {
    throw new TypeError(
      `${what} must be visible ASCII without line breaks and not empty, or a function`,
    );
  }
}

/**
 * The value of a secret now.
 *
 * @throws A2AClientError `no-credentials` where the function throws, or answers what cannot be sent
 */
export async function readSecret(
  secret: Secret,
  { refused, signal }: Pick<ProofRequest, 'refused' | 'signal'>,
): Promise<string> {
  if (typeof secret === 'string') {
    return secret;
  }
  const isRefused = refused !== undefined;
  const value = await answerOf(async () => secret({ isRefused }), signal);
  if (!isSendable(value)) {
    throw new A2AClientError(
      'no-credentials',
      'The function of a credential answered nothing that can be sent: it must be visible ASCII without line breaks and not empty',
    );
  }
  return value;
}

async function answerOf(
  ask: () => Promise<string>,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await untilAborted(ask, signal);
  } catch (cause) {
    if (signal.aborted) {
      throw cause;
    }
    throw new A2AClientError(
      'no-credentials',
      'The function of a credential failed',
      { cause },
    );
  }
}

function isSendable(value: unknown): value is string {
  return isHeaderValue(value) && value !== '';
}
