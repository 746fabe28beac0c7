import { type Clock } from '../clock.js';
import {
  type NewPushConfig,
  type PushRegistration,
} from '../push/push-config.js';
import { StoreError } from '../store-error.js';
import { PushEntry } from './push-entry.js';
import { type PushQueue } from './push-queue.js';
import { type TaskEntry } from './task-entry.js';

/** Adds configurations to tasks: alone, or in the commit that also adds events. */
export class PushRegistry {
  private lastOrder = 0;

  constructor(
    private readonly queue: PushQueue,
    private readonly clock: Clock,
  ) {}

  /** @throws StoreError `TOO_MANY_PUSH_CONFIGS` */
  assertFits(
    { configs }: TaskEntry,
    registration: PushRegistration | undefined,
  ): void {
    if (!registration || configs.has(registration.config.id)) {
      return;
    }
    if (configs.size >= registration.maxPerTask) {
      throw new StoreError(
        'TOO_MANY_PUSH_CONFIGS',
        `A task has at most ${registration.maxPerTask} push notification configurations`,
      );
    }
  }

  /** Adds a configuration for the events to come, or replaces the one with its id. */
  register(task: TaskEntry, config: NewPushConfig): PushEntry {
    const known = task.configs.get(config.id);
    if (known) {
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
