import { type AgentExtras } from '@nest-a2a/server';
import { type Storage, storageOf } from './runtime.js';

/** What the environment decides. */
export interface Settings extends Storage {
  /** What the agent offers: everything, unless `npm run demo -- --binding HTTP+JSON --protocol 0.3` wants to see one alone. */
  readonly offer: AgentExtras;
}

/** @throws TypeError for a `RUNTIME` that is not known, or that needs a key which is not there */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const { AGENT_BINDING, AGENT_VERSION } = env;
  const offer = {
    ...(AGENT_BINDING && { bindings: [AGENT_BINDING] }),
    ...(AGENT_VERSION && { versions: [AGENT_VERSION] }),
  } as AgentExtras;
  return { offer, ...storageOf(env) };
}
