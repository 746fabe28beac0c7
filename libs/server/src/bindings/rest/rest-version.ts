import { type ProtocolVersion, versionNotSupported } from '@nest-a2a/protocol';
import { type AgentDefinition } from '../../agents/agent-definition.js';
import { servedVersion } from '../served-version.js';

/**
 * Each route belongs to one version: those of 0.3 begin with `/v1`.
 *
 * @param requested Major.Minor
 * @throws A2AError `VERSION_NOT_SUPPORTED`
 */
export function assertVersionOfRoute(
  requested: string,
  ofRoute: ProtocolVersion,
  agent: AgentDefinition,
): void {
  if (servedVersion(requested, agent) !== ofRoute) {
    throw versionNotSupported(requested, [ofRoute]);
  }
}
