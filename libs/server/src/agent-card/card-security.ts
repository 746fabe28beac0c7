import { type AgentCard, type SecurityScheme } from '@nest-a2a/protocol';
import { type Authenticator } from '../access/authenticator.js';

type SecurityMembers = Pick<
  AgentCard,
  'securitySchemes' | 'securityRequirements'
>;

/**
 * What a card says about authentication. What the application has written
 * itself stays: a scheme of the same name, and the requirements.
 */
export function securityOf(
  authentication: readonly Authenticator[],
  { securitySchemes, securityRequirements }: SecurityMembers,
): SecurityMembers {
  if (authentication.length === 0) {
    return {
      ...(securitySchemes && { securitySchemes }),
      ...(securityRequirements && { securityRequirements }),
    };
  }
  const schemes = Object.fromEntries<SecurityScheme>(
    authentication.map(({ name, scheme }) => [name, scheme]),
  );
  return {
    securitySchemes: { ...schemes, ...securitySchemes },
    securityRequirements:
      securityRequirements ??
      authentication.map(({ name, scopes }) => ({
        schemes: Object.fromEntries([[name, { list: [...scopes] }]]),
      })),
  };
}
