export {
  A2AHealthIndicator,
  type BacklogCheckOptions,
  type StoreCheckOptions,
} from './a2a-health-indicator.js';
export { A2AHealthModule } from './a2a-health.module.js';
