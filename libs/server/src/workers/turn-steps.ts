import { type JsonValue } from '@nest-a2a/protocol';
import { newEvent } from '../tasks/new-events.js';
import { jsonCopy } from './content.js';
import { type TurnEmitter } from './turn-emitter.js';
import { type TurnTransactions } from './turn-transactions.js';

/** The steps of a turn whose results are stored, those of an earlier attempt included. */
export class TurnSteps {
  private readonly results = new Map<string, Promise<JsonValue>>();

  constructor(
    private readonly emitter: TurnEmitter,
    private readonly transactions: TurnTransactions,
  ) {}

  /** Takes in the result of an earlier attempt. */
  restore(key: string, value: JsonValue): void {
    this.results.set(key, Promise.resolve(value));
  }

  /** The stored result, or that of the step, which is stored then. Two calls with one key share one run. */
  async once<T extends JsonValue>(
    key: string,
    step: () => Promise<T> | T,
  ): Promise<T> {
    const known = this.results.get(key);
    if (known) {
      return (await known) as T;
    }
    const result = this.runAndStore(key, step);
    this.results.set(key, result);
    // A step that failed may be tried again.
    result.catch(() => this.results.delete(key));
    return (await result) as T;
  }

  private async runAndStore(
    key: string,
    step: () => Promise<JsonValue> | JsonValue,
  ): Promise<JsonValue> {
    // Whoever runs the turn now will take this step.
    this.emitter.assertOpen();
    const value = (jsonCopy(await step()) ?? null) as JsonValue;
    await this.transactions.pass(async () => {
      await this.emitter.internal(newEvent({ kind: 'step', key, value }));
      this.transactions.onUndo(() => this.results.delete(key));
    });
    return value;
  }
}
