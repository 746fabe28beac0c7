/** An agent has no worker. */
export class MissingWorkerError extends Error {
  override readonly name = 'MissingWorkerError';
  readonly code = 'MISSING_WORKER';

  constructor(agent: string) {
    const argument = agent === 'default' ? '' : `{ agent: '${agent}' }`;
    super(
      `The agent "${agent}" has no worker. Decorate a class with @A2AWorker(${argument}) and list it in the ` +
        "providers of a module, or leave 'worker' out of the roles of this process.",
    );
  }
}

/** An agent has more than one worker. */
export class DuplicateWorkerError extends Error {
  override readonly name = 'DuplicateWorkerError';
  readonly code = 'DUPLICATE_WORKER';

  constructor(agent: string, names: readonly string[]) {
    super(
      `The agent "${agent}" has ${names.length} workers: ${names.join(', ')}. ` +
        'Keep one, or give the others an agent of their own: @A2AWorker({ agent }).',
    );
  }
}

/** A class that works for an agent has no `handle` method, or works for an agent that is not there. */
export class InvalidWorkerError extends Error {
  override readonly name = 'InvalidWorkerError';
  readonly code = 'INVALID_WORKER';
}
