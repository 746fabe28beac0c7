/** Token of the default agent's worker: bind it to choose the worker without the decorator. */
export const A2A_WORKER = Symbol.for('@nest-a2a/server:WORKER');

/** Token of the worker of an agent. */
export function getWorkerToken(agent = 'default'): symbol {
  return agent === 'default'
    ? A2A_WORKER
    : Symbol.for(`@nest-a2a/server:WORKER:${agent}`);
}
