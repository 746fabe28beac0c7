/** What has changed. `work`, `push` and `redelivery` mean that something is due. */
export type WakeTopic =
  'work' | 'push' | 'redelivery' | `task:${string}` | `cancel:${string}`;

/** Ends a subscription. Harmless afterwards. */
export type Unsubscribe = () => void;

/**
 * A hint to look again. It may drop, double and reorder, and it carries no
 * data: whoever listens also polls, so a lost hint costs time and nothing else.
 */
export interface WakeBus {
  /** Tells everybody, this process included. Returns at once and never throws. */
  ring(topics: readonly WakeTopic[]): void;

  /** Calls back after each hint for the topic. The callback must not throw. */
  on(topic: WakeTopic, callback: () => void): Unsubscribe;

  /** How long a reader may wait without a hint before it looks by itself. */
  readonly pollMs: number;

  /** Whether hints of other instances arrive, as far as is known. @default true: nothing stands between */
  readonly isListening?: boolean;
}
