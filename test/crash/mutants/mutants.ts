import { type INestApplicationContext } from '@nestjs/common';
import { type Runtime } from '@nest-a2a/store';
import { type InstanceSettings } from '../fleet/instance-messages.js';
import { APPLICATION_MUTANTS } from './application-mutants.js';
import { LOG_MUTANTS } from './log-mutants.js';
import { type Mutant } from './mutant.js';
import { PUSH_MUTANTS } from './push-mutants.js';
import { WORK_MUTANTS } from './work-mutants.js';

export const MUTANTS: readonly Mutant[] = Object.freeze([
  ...LOG_MUTANTS,
  ...WORK_MUTANTS,
  ...PUSH_MUTANTS,
  ...APPLICATION_MUTANTS,
]);

/** @throws TypeError */
export function mutantNamed(name: string): Mutant {
  const found = MUTANTS.find((one) => one.name === name);
  if (!found) {
    throw new TypeError(`There is no mutant ${name}`);
  }
  return found;
}

/** The runtime with what the mutant does to it. */
export function withMutant(
  runtime: Runtime,
  settings: InstanceSettings,
): Runtime {
  if (settings.mutant === undefined) {
    return runtime;
  }
  const mutant = mutantNamed(settings.mutant);
  return {
    ...runtime,
    open: async (options) => {
      const opened = await runtime.open(options);
      return {
        ...opened,
        store: mutant.store?.(opened.store, settings) ?? opened.store,
        wake: mutant.wake?.(opened.wake) ?? opened.wake,
      };
    },
  };
}

/** What the mutant does to the application, before it starts. */
export function patchWithMutant(
  app: INestApplicationContext,
  { mutant }: InstanceSettings,
): void {
  if (mutant !== undefined) {
    mutantNamed(mutant).patch?.(app);
  }
}
