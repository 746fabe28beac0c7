export { openTelemetry, type OpenTelemetryOptions } from './open-telemetry.js';
export { A2A_ATTRIBUTES, A2A_METRICS } from './telemetry-names.js';
