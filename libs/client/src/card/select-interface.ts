import {
  A2AError,
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
 * The interfaces of a card that the client speaks: those in the version it
 * prefers in the order of the card, then those in the next (A2A §8.3.2). Names
 * of bindings are told apart without regard to case. All are for the tenant of
 * the first: at another one's the tasks would be others.
 *
 * @param pinned the only binding that counts
 * @returns at least one
 * @throws A2AError `VERSION_NOT_SUPPORTED` where the bindings would do
 * @throws A2AClientError `no-interface`; both with what both sides speak
 */
export function selectInterfaces(
  card: AgentCard,
  { connectors, versions }: Abilities,
  pinned?: string,
): SelectedInterface[] {
  const wanted = connectors.filter(
    ({ binding }) => pinned === undefined || binding === pinned,
  );
  const spoken = versions.flatMap((version) =>
    card.supportedInterfaces.flatMap((agentInterface) =>
      selected(agentInterface, version, wanted),
    ),
  );
  const [first] = spoken;
  if (!first) {
    throw nothingInCommon(card, { connectors: wanted, versions }, pinned);
  }
  const { tenant } = first.agentInterface;
  return spoken.filter((one) => one.agentInterface.tenant === tenant);
}

function selected(
  agentInterface: AgentInterface,
  version: ProtocolVersion,
  connectors: readonly BindingConnector[],
): SelectedInterface[] {
  const { protocolVersion } = agentInterface;
  const connector = connectors.find(
    (one) => hasBinding(agentInterface, one) && one.versions.includes(version),
  );
  return connector && parseProtocolVersion(protocolVersion) === version
    ? [{ agentInterface, connector, version }]
    : [];
}

function hasBinding(
  { protocolBinding, url }: AgentInterface,
  connector: BindingConnector,
): boolean {
  return (
    protocolBinding.toUpperCase() === connector.binding.toUpperCase() &&
    connector.canCall(url)
  );
}

function nothingInCommon(
  { name, supportedInterfaces }: AgentCard,
  { connectors, versions }: Abilities,
  pinned: string | undefined,
): A2AClientError | A2AError {
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
  const isVersion = supportedInterfaces.some((one) =>
    connectors.some((connector) => hasBinding(one, connector)),
  );
  const message =
    `The agent "${name}" offers ${offered || 'no interface'}; this client ` +
    `${pinned === undefined ? 'speaks' : 'was told to use'} ${spoken}`;
  return isVersion
    ? new A2AError('VERSION_NOT_SUPPORTED', message)
    : new A2AClientError('no-interface', message);
}
