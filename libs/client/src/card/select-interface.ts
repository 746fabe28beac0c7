import {
  type AgentCard,
  type AgentInterface,
  parseProtocolVersion,
  type ProtocolVersion,
} from '@nest-a2a/protocol';
import { type BindingConnector } from '../bindings/binding-connector.js';
import { A2AClientError } from '../errors/a2a-client-error.js';

/** What a client can and may speak. */
export interface Abilities {
  connectors: readonly BindingConnector[];
  /** The preferred one first. */
  versions: readonly ProtocolVersion[];
}

/** An interface of a card, and how it is called. */
export interface SelectedInterface {
  agentInterface: AgentInterface;
  connector: BindingConnector;
  version: ProtocolVersion;
}

/**
 * The first interface of a card that the client speaks in the version it
 * prefers, else in the next (A2A §8.3.2). Names of bindings are told apart
 * without regard to case.
 *
 * @param pinned the only binding that counts
 * @throws A2AClientError `no-interface`, with what both sides speak
 */
export function selectInterface(
  card: AgentCard,
  { connectors, versions }: Abilities,
  pinned?: string,
): SelectedInterface {
  const wanted = connectors.filter(
    ({ binding }) => pinned === undefined || binding === pinned,
  );
  for (const version of versions) {
    for (const agentInterface of card.supportedInterfaces) {
      const connector = wanted.find((one) =>
        isSpoken(agentInterface, version, one),
      );
      if (connector) {
        return { agentInterface, connector, version };
      }
    }
  }
  throw nothingInCommon(card, { connectors: wanted, versions }, pinned);
}

function isSpoken(
  { protocolBinding, protocolVersion, url }: AgentInterface,
  version: ProtocolVersion,
  connector: BindingConnector,
): boolean {
  return (
    protocolBinding.toUpperCase() === connector.binding.toUpperCase() &&
    parseProtocolVersion(protocolVersion) === version &&
    connector.versions.includes(version) &&
    connector.canCall(url)
  );
}

function nothingInCommon(
  { name, supportedInterfaces }: AgentCard,
  { connectors, versions }: Abilities,
  pinned: string | undefined,
): A2AClientError {
  const offered = supportedInterfaces
    .map((one) => `${one.protocolBinding} ${one.protocolVersion}`)
    .join(', ');
  const spoken = versions
    .flatMap((version) =>
      connectors
        .filter((one) => one.versions.includes(version))
        .map(({ binding }) => `${binding} ${version}`),
    )
    .join(', ');
  return new A2AClientError(
    'no-interface',
    `The agent "${name}" offers ${offered || 'no interface'}; this client ` +
      `${pinned === undefined ? 'speaks' : 'was told to use'} ${spoken}`,
  );
}
