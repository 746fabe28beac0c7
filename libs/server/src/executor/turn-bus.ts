import {
  type AgentExecutionEvent,
  type ExecutionEventBus,
} from '@a2a-js/sdk/server';

/** Events that the turn has not said yet. An executor that is further ahead is told so. */
const MAX_WAITING = 10_000;

type EventListener = (event: AgentExecutionEvent) => void;
type FinishedListener = () => void;
type Name = 'event' | 'finished';
type Listener = EventListener | FinishedListener;

/**
 * The bus of one call of an executor: what it publishes waits here until the
 * turn says it, in order. Publishing does not wait, so that much is kept here,
 * up to a limit.
 */
export class TurnBus implements ExecutionEventBus {
  private readonly listeners: Record<Name, Set<Listener>> = {
    event: new Set(),
    finished: new Set(),
  };
  private readonly waiting: AgentExecutionEvent[] = [];
  private wake: () => void = () => undefined;
  private isClosed = false;

  /** @throws RangeError where too many events wait */
  publish(event: AgentExecutionEvent): void {
    if (this.waiting.length >= MAX_WAITING) {
      throw new RangeError(
        `More than ${MAX_WAITING} events wait to be stored: let the executor publish less at once`,
      );
    }
    this.listeners.event.forEach((listener) => listener(event));
    if (!this.isClosed) {
      this.waiting.push(event);
      this.wake();
    }
  }

  /** Says that nothing follows. */
  finished(): void {
    this.listeners.finished.forEach((listener) =>
      (listener as FinishedListener)(),
    );
    this.close();
  }

  on(name: Name, listener: Listener): this {
    this.listeners[name].add(listener);
    return this;
  }

  off(name: Name, listener: Listener): this {
    this.listeners[name].delete(listener);
    return this;
  }

  once(name: Name, listener: Listener): this {
    const only = (event: AgentExecutionEvent) => {
      this.off(name, only);
      listener(event);
    };
    return this.on(name, only);
  }

  removeAllListeners(name?: Name): this {
    const names: Name[] = name ? [name] : ['event', 'finished'];
    names.forEach((one) => this.listeners[one].clear());
    return this;
  }

  /** Takes nothing more; what waits is still read. */
  close(): void {
    this.isClosed = true;
    this.wake();
  }

  /** What is published, in order, until the bus is closed. For one reader. */
  async *events(): AsyncGenerator<AgentExecutionEvent> {
    for (;;) {
      const event = this.waiting.shift();
      if (event) {
        yield event;
      } else if (this.isClosed) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    }
  }
}
