import { type A2AClient, type AgentCard } from '@nest-a2a/client';
import { printableLine } from './printable.js';

/** A card for people. */
export function showCard({ agentCard, agentInterface }: A2AClient): string {
  const { name, version, description, provider } = agentCard;
  const lines = [
    `${name} ${version}`,
    description,
    ...(provider ? [`by ${provider.organization} (${provider.url})`] : []),
    '',
    'Interfaces:',
    ...agentCard.supportedInterfaces.map((one) => {
      const isCalled =
        one.url === agentInterface.url && isSame(one, agentInterface);
      const { protocolBinding, protocolVersion, url, tenant } = one;
      const suffix = tenant === undefined ? '' : ` (tenant ${tenant})`;
      return `${isCalled ? '*' : ' '} ${protocolBinding} ${protocolVersion}  ${url}${suffix}`;
    }),
    '',
    `Can: ${abilities(agentCard).join(', ') || 'nothing beyond messages'}`,
    `Takes: ${agentCard.defaultInputModes.join(', ')}`,
    `Gives: ${agentCard.defaultOutputModes.join(', ')}`,
    ...security(agentCard),
    ...skills(agentCard),
  ];
  return lines.map(printableLine).join('\n');
}

function isSame(
  one: AgentCard['supportedInterfaces'][number],
  other: AgentCard['supportedInterfaces'][number],
): boolean {
  return (
    one.protocolBinding === other.protocolBinding &&
    one.protocolVersion === other.protocolVersion
  );
}

function abilities({ capabilities }: AgentCard): string[] {
  const { streaming, pushNotifications, extendedAgentCard } = capabilities;
  return [
    ...(streaming ? ['streaming'] : []),
    ...(pushNotifications ? ['push notifications'] : []),
    ...(extendedAgentCard ? ['extended card'] : []),
    ...(capabilities.extensions ?? []).map(({ uri }) => uri),
  ];
}

function security({ securitySchemes = {} }: AgentCard): string[] {
  const names = Object.keys(securitySchemes);
  return names.length > 0 ? [`Security: ${names.join(', ')}`] : [];
}

function skills({ skills }: AgentCard): string[] {
  return skills.length === 0
    ? []
    : [
        '',
        'Skills:',
        ...skills.map(({ name, description }) => `  ${name}: ${description}`),
      ];
}
