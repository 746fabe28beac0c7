import { Injectable, SetMetadata } from '@nestjs/common';
import { DEFAULT_OPTIONS } from '../options/default-options.js';

/** Options of {@link A2AWorker}. */
export interface A2AWorkerOptions {
  /** The agent that the class works for. @default 'default' */
  agent?: string;
  /**
   * Lets the worker answer with a message and no task, by `context.reply()`.
   * Tasks then stay unknown to their caller until the worker has said something.
   *
   * @default false
   */
  directReplies?: boolean;
  /**
   * A turn that takes longer fails its task, milliseconds. Wins over
   * `turn.timeoutMs`, which is for all workers.
   *
   * @default `turn.timeoutMs`
   */
  timeoutMs?: number;
  /**
   * Turns of this worker at the same time in a process. The option
   * `concurrency` of the agent wins: who operates it decides.
   *
   * @default `turn.concurrency`, which holds for all workers together
   */
  concurrency?: number;
}

/** Metadata key of {@link A2AWorkerOptions} on a worker class. */
export const A2A_WORKER_METADATA = '@nest-a2a/server:worker';

/** Metadata key of `Injectable`, which its package does not export. */
const INJECTABLE = '__injectable__';

/**
 * Makes a class the worker of an agent. It is a provider like any other: list
 * it in the `providers` of a module and inject what it needs.
 */
export function A2AWorker(options: A2AWorkerOptions = {}): ClassDecorator {
  const settings: A2AWorkerOptions = {
    ...options,
    agent: options.agent ?? DEFAULT_OPTIONS.agent,
    directReplies: options.directReplies ?? false,
  };
  return (target) => {
    // A class that says its scope itself keeps it, whichever decorator is first.
    if (!Reflect.hasOwnMetadata(INJECTABLE, target)) {
      Injectable()(target);
    }
    SetMetadata(A2A_WORKER_METADATA, settings)(target);
  };
}
