import { type Fault } from '../history/history.js';
import { type Recorder } from '../history/recorder.js';

/** What was broken on purpose and has really happened. All of it goes into the history. */
export class FaultLog {
  private readonly counts = new Map<Fault['action'], number>();
  private readonly waiters = new Map<Fault['action'], Set<() => void>>();

  constructor(private readonly recorder: Recorder) {}

  /** @param fault.at when it began, milliseconds. @default now */
  note(fault: Omit<Fault, 'kind' | 'at'> & { readonly at?: number }): void {
    const { action } = fault;
    this.counts.set(action, this.count(action) + 1);
    this.recorder.note({ kind: 'fault', at: Date.now(), ...fault });
    this.waiters.get(action)?.forEach((resolve) => resolve());
    this.waiters.delete(action);
  }

  /** How often it has happened. */
  count(action: Fault['action']): number {
    return this.counts.get(action) ?? 0;
  }

  /** Resolves when it happens again. */
  next(action: Fault['action']): Promise<void> {
    return new Promise((resolve) => {
      const waiters = this.waiters.get(action) ?? new Set<() => void>();
      this.waiters.set(action, waiters.add(resolve));
    });
  }
}
