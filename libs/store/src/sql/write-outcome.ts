import { type Accepted } from '../log/task-log.js';
import { type SnapshotNeed } from './snapshot.js';

/** What a write has done. */
export interface Outcome {
  readonly accepted: Accepted;
  /** Missing where nothing was written. */
  readonly row?: SnapshotNeed;
}
