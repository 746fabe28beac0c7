export { FakeAgent, type FakeAgentOptions } from './fake-agent.js';
export {
  type FakeArtifact,
  type FakeContent,
  type FakeState,
  type FakeStep,
} from './fake-answer.js';
export { type MessageMatch } from './fake-rules.js';
export {
  FakeScript,
  type FakeTaskOptions,
  FaultScript,
} from './fake-script.js';
export { type FakeBinding, type ReceivedRequest } from './received-request.js';
