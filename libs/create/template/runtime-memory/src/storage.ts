import { type AgentSettings, type Environment } from './settings.js';

/** Where tasks live: in this process, and as long as it does. */
export function storageOf(_env: Environment): AgentSettings {
  return { runtime: 'memory' };
}
