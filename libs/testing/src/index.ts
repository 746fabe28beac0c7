export { CollectingRunner } from './collecting-runner.js';
export { FakeClock } from './fake-clock.js';
export {
  type ReceivedWebhook,
  type SinkAnswer,
  WebhookSink,
} from './webhook-sink.js';
export { withMethods } from './with-methods.js';
