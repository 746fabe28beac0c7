export { SPAN_ATTRIBUTES } from './span-attributes.js';
export { traceCalls, type TraceCallsOptions } from './trace-calls.js';
