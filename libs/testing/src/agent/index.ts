export { createTestAgent } from './create-test-agent.js';
export { TestAgent, type TestAgentParts } from './test-agent.js';
export { testAgentOf, type TestAgentOfOptions } from './test-agent-of.js';
export {
  type TestAgentOptions,
  type TestedWorker,
} from './test-agent-options.js';
