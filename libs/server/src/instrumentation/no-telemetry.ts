import { type Telemetry } from './telemetry.js';

const nothing = (): undefined => undefined;

/** Tells nobody. */
export const NO_TELEMETRY: Telemetry = Object.freeze<Telemetry>({
  traceparent: nothing,
  operation: (_facts, run) => run(nothing),
  turn: (_facts, run) => run(undefined),
  delivery: (_facts, run) => run(undefined),
  taskState: nothing,
  store: (store) => store,
  measure: () => nothing,
});
