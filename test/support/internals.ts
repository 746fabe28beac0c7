import { type INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/**
 * A provider by the name of its class, for what an application cannot reach and
 * a test must see: whether something was let go of.
 */
export function internal(app: INestApplicationContext, name: string): any {
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  const wrapper = modules
    .flatMap((module) => [...module.providers.values()])
    .find((provider) => provider.name === name);
  if (!wrapper) throw new TypeError(`There is no provider ${name}`);
  return wrapper.instance;
}

/** What an agent holds for those who wait for it; all 0 when nobody does. */
export function held(app: INestApplicationContext) {
  return {
    watchedTasks: internal(app, 'LogWatcher').size as number,
    exchanges: internal(app, 'OpenExchanges').size as number,
    turns: internal(app, 'WorkerRunner').running as number,
  };
}
