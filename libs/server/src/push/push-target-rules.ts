import {
  type AdmittedUrl,
  admitUrl,
  type EgressPolicy,
  isEgressError,
  isHeaderValue,
  isToken,
} from '@nest-a2a/egress';
import {
  type AuthenticationInfo,
  type FieldViolation,
  invalidParam,
  invalidParams,
  type TaskPushNotificationConfig,
} from '@nest-a2a/protocol';

/**
 * Checks what a client wants to be called at. Opens no connection and asks no
 * resolver, and the answer does not say what our network looks like.
 *
 * @returns the canonical URL: only that is stored and called
 * @throws A2AError `INVALID_PARAMS`
 */
export function assertAllowedTarget(
  config: TaskPushNotificationConfig,
  policy: EgressPolicy,
  at: string,
): AdmittedUrl {
  const violations = headerViolations(config, at);
  if (violations.length > 0) {
    throw invalidParams(violations);
  }
  try {
    return admitUrl(config.url, policy);
  } catch (error) {
    if (isEgressError(error)) {
      throw invalidParam(`${at}url`, error.message);
    }
    throw error;
  }
}

const NO_VALUE = 'Must be visible ASCII characters, at most 8 KiB';
const NO_SCHEME = 'Must be an HTTP authentication scheme such as Bearer';

/** What cannot be sent as a header. */
function headerViolations(
  { token, authentication }: TaskPushNotificationConfig,
  at: string,
): FieldViolation[] {
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) =>
    violations.push({ field: at + field, description });
  if (token !== undefined && !isHeaderValue(token)) {
    refuse('token', NO_VALUE);
  }
  if (authentication && !isToken(authentication.scheme)) {
    refuse('authentication.scheme', NO_SCHEME);
  } else if (authentication && !areSendable(authentication)) {
    refuse('authentication.credentials', NO_VALUE);
  }
  return violations;
}

/** Scheme and credentials are sent as one value, which has the limit of one. */
function areSendable({ scheme, credentials }: AuthenticationInfo): boolean {
  return (
    credentials === undefined ||
    (isHeaderValue(credentials) && isHeaderValue(`${scheme} ${credentials}`))
  );
}
