export { CollectingRunner } from './collecting-runner.js';
export {
  type Failpoint,
  FAILPOINT_ACTIONS,
  FAILPOINT_NAMES,
  type FailpointAction,
  type FailpointName,
  parseFailpoint,
  type Passage,
} from './failpoints/failpoint.js';
export { Failpoints, type FailureSwitches } from './failpoints/failpoints.js';
export { withFailpoints } from './failpoints/with-failpoints.js';
export { FakeClock } from './fake-clock.js';
export {
  type ReceivedWebhook,
  type SinkAnswer,
  WebhookSink,
} from './webhook-sink.js';
export { withMethods } from './with-methods.js';
