import {
  A2A_WORKER_METADATA,
  type A2AWorkerOptions,
  getWorkerToken,
  type Worker,
} from '@nest-a2a/server';
import { type Provider, type Type } from '@nestjs/common';
import { type TestedWorker } from './test-agent-options.js';

/** A worker as a provider, and the agent that it works for. */
export interface BoundWorker {
  readonly agent: string | undefined;
  readonly provider: Provider;
}

/** @throws TypeError for what is no worker */
export function bindWorker(worker: TestedWorker): BoundWorker {
  if (isWorkerClass(worker)) {
    return bindClass(worker);
  }
  const useValue = typeof worker === 'function' ? { handle: worker } : worker;
  if (typeof useValue?.handle !== 'function') {
    throw new TypeError(
      'A worker is a class or an object with a method handle(context), or that method alone',
    );
  }
  const agent = decorationOf(useValue.constructor)?.agent;
  return { agent, provider: { provide: getWorkerToken(agent), useValue } };
}

function bindClass(worker: Type<Worker>): BoundWorker {
  const decoration = decorationOf(worker);
  return decoration
    ? { agent: decoration.agent, provider: worker }
    : {
        agent: undefined,
        provider: { provide: getWorkerToken(), useClass: worker },
      };
}

function decorationOf(type: object): A2AWorkerOptions | undefined {
  return Reflect.getMetadata(A2A_WORKER_METADATA, type) as
    A2AWorkerOptions | undefined;
}

/** A function that is no class has no method `handle` in its prototype, and no decorator. */
function isWorkerClass(worker: TestedWorker): worker is Type<Worker> {
  if (typeof worker !== 'function') {
    return false;
  }
  const prototype = worker.prototype as Partial<Worker> | undefined;
  return prototype?.handle !== undefined || decorationOf(worker) !== undefined;
}
