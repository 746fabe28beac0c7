import { type Unsubscribe, type WakeBus, type WakeTopic } from '../wake-bus.js';

interface Listener {
  readonly callback: () => void;
}

/**
 * Hints inside one process. They arrive in a microtask after the ring, one for
 * each topic however often it was rung in between.
 */
export class MemoryWakeBus implements WakeBus {
  readonly pollMs = 1_000;
  private readonly listeners = new Map<WakeTopic, Set<Listener>>();
  private readonly rung = new Set<WakeTopic>();

  /** How many topics have listeners. */
  get size(): number {
    return this.listeners.size;
  }

  ring(topics: readonly WakeTopic[]): void {
    const isPlanned = this.rung.size > 0;
    for (const topic of topics) {
      if (this.listeners.has(topic)) {
        this.rung.add(topic);
      }
    }
    if (!isPlanned && this.rung.size > 0) {
      queueMicrotask(() => this.deliver());
    }
  }

  on(topic: WakeTopic, callback: () => void): Unsubscribe {
    // An object of its own: the same callback may be there twice.
    const listener = { callback };
    const listeners = this.listeners.get(topic) ?? new Set<Listener>();
    this.listeners.set(topic, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(topic) === listeners) {
        this.listeners.delete(topic);
      }
    };
  }

  /** Forgets all listeners: none is called any more. */
  close(): void {
    for (const listeners of this.listeners.values()) {
      listeners.clear();
    }
    this.listeners.clear();
  }

  private deliver(): void {
    const topics = [...this.rung];
    this.rung.clear();
    for (const topic of topics) {
      const listeners = this.listeners.get(topic) ?? new Set<Listener>();
      // A copy: whoever begins to listen now has missed the ring.
      for (const listener of [...listeners]) {
        if (listeners.has(listener)) {
          call(listener);
        }
      }
    }
  }
}

function call({ callback }: Listener): void {
  try {
    callback();
  } catch {
    // A callback that throws breaks its contract; the others must hear of the change all the same.
  }
}
