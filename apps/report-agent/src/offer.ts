import { type AgentExtras } from '@nest-a2a/server';

/** What the agent offers: everything, unless `npm run demo -- --binding HTTP+JSON --protocol 0.3` wants to see one alone. */
export function offer({
  AGENT_BINDING,
  AGENT_VERSION,
}: NodeJS.ProcessEnv): AgentExtras {
  return {
    ...(AGENT_BINDING && { bindings: [AGENT_BINDING] }),
    ...(AGENT_VERSION && { versions: [AGENT_VERSION] }),
  } as AgentExtras;
}
