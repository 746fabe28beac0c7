import { type INestApplicationContext } from '@nestjs/common';
import { type TaskStore, type WakeBus } from '@nest-a2a/store';
import { type InstanceSettings } from '../fleet/instance-messages.js';

/** One thing that is wrong on purpose. A laboratory that does not find it proves nothing. */
export interface Mutant {
  readonly name: string;
  /** What is wrong, in a sentence. */
  readonly text: string;
  /** The cells of the matrix that have to find it; without, a random mix does. */
  readonly cells?: string;
  /** A store that is wrong. */
  store?(store: TaskStore, settings: InstanceSettings): TaskStore;
  /** A wake-up that is wrong. */
  wake?(wake: WakeBus): WakeBus;
  /** Parts of the application that are wrong. */
  patch?(app: INestApplicationContext): void;
}
