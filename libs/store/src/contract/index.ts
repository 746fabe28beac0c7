export { describeTaskStore } from './describe-task-store.js';
export { describeWakeBus } from './describe-wake-bus.js';
export {
  type OpenedStore,
  type OpenedWakeBus,
  type StoreHarness,
  type WakeBusHarness,
} from './harness.js';
export { type ContractRunner } from './runner.js';
