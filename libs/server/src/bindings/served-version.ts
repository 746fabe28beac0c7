import { type ProtocolVersion, versionNotSupported } from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';

/**
 * The version of a request, if the agent serves it.
 *
 * @param requested Major.Minor
 * @throws A2AError `VERSION_NOT_SUPPORTED` (A2A §3.6.2)
 */
export function servedVersion(
  requested: string,
  { versions }: AgentDefinition,
): ProtocolVersion {
  const served = versions.find((version) => version === requested);
  if (served === undefined) {
    throw versionNotSupported(requested, versions);
  }
  return served;
}
