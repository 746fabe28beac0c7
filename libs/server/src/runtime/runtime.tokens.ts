/** Token of the `Clock`: replace it to control time in tests. */
export const A2A_CLOCK = Symbol.for('@nest-a2a/server:CLOCK');

/** Token of the `TaskStore`. */
export const TASK_STORE = Symbol.for('@nest-a2a/server:TASK_STORE');

/** Token of the `WakeBus`. */
export const WAKE_BUS = Symbol.for('@nest-a2a/server:WAKE_BUS');

/** Token of the `OpenRuntime`, for the one who closes it. */
export const OPEN_RUNTIME = Symbol.for('@nest-a2a/server:OPEN_RUNTIME');

/** Token of the name of this process among the owners of leases. */
export const INSTANCE_NAME = Symbol.for('@nest-a2a/server:INSTANCE_NAME');
