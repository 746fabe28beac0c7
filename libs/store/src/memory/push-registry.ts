import { type Clock } from '../clock.js';
import {
  type NewPushConfig,
  type PushRegistration,
} from '../push/push-config.js';
import { StoreError } from '../store-error.js';
import { type OriginCensus } from './origin-census.js';
import { PushEntry } from './push-entry.js';
import { type PushQueue } from './push-queue.js';
import { type TaskEntry } from './task-entry.js';

/** Adds configurations to tasks: alone, or in the commit that also adds events. */
export class PushRegistry {
  private lastOrder = 0;

  constructor(
    private readonly queue: PushQueue,
    private readonly census: OriginCensus,
    private readonly clock: Clock,
  ) {}

  /** @throws StoreError `TOO_MANY_PUSH_CONFIGS`, `TOO_MANY_PUSH_ORIGINS`, `TOO_MANY_NEW_PUSH_ORIGINS` */
  assertFits(
    { configs, scope }: TaskEntry,
    registration: PushRegistration | undefined,
  ): void {
    if (!registration) {
      return;
    }
    const { config, maxPerTask, origins } = registration;
    if (!configs.has(config.id) && configs.size >= maxPerTask) {
      throw new StoreError(
        'TOO_MANY_PUSH_CONFIGS',
        `A task has at most ${maxPerTask} push notification configurations`,
      );
    }
    if (origins) {
      const webhook = { scope, origin: config.origin };
      this.census.assertFits(webhook, origins, this.clock.now());
    }
  }

  /** Adds a configuration for the events to come, or replaces the one with its id. */
  register(task: TaskEntry, config: NewPushConfig): PushEntry {
    const known = task.configs.get(config.id);
    const { scope } = task;
    const { origin } = config;
    this.census.add({ scope, origin }, this.clock.now());
    if (known) {
      this.census.remove(known);
      this.queue.change(known, () => known.replace(config, this.clock.now()));
      return known;
    }
    this.lastOrder += 1;
    const entry = new PushEntry(task, config, {
      order: this.lastOrder,
      cursor: task.version,
    });
    task.configs.set(config.id, entry);
    return entry;
  }
}
