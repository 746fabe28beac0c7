import { type AgentCard } from '@nest-a2a/protocol';

/**
 * The extended card in place of the public one (A2A §3.1.11). Where the public
 * card was verified, the extended one, which is not signed, must lead nowhere
 * else: interfaces and security stay those of the public card.
 */
export function upgradeCard(
  card: AgentCard,
  extended: AgentCard,
  isVerified: boolean,
): AgentCard {
  if (!isVerified) {
    return extended;
  }
  const {
    securitySchemes: _schemes,
    securityRequirements: _requirements,
    signatures: _signatures,
    ...rest
  } = extended;
  const { supportedInterfaces, securitySchemes, securityRequirements } = card;
  return {
    ...rest,
    supportedInterfaces,
    ...(securitySchemes && { securitySchemes }),
    ...(securityRequirements && { securityRequirements }),
  };
}
