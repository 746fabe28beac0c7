export { CollectingRunner } from './collecting-runner.js';
export { blockEventLoop } from './failpoints/block-event-loop.js';
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
  WAKE_FAULTS,
  type WakeFault,
  type WakeFaultOptions,
  WakeFaults,
} from './wake-faults/wake-faults.js';
export { withWakeFaults } from './wake-faults/with-wake-faults.js';
export {
  type ReceivedWebhook,
  type SinkAnswer,
  WebhookSink,
} from './webhook-sink.js';
export { withMethods } from './with-methods.js';
export {
  type SentWebhook,
  statusUpdateJson,
  type WebhookOnTheWire,
  WebhookSender,
} from './webhook-sender.js';
