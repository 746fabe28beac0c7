/**
 * Whose a webhook is: `claimed` by the caller just now, `in-progress` with
 * another one, or `handled` before.
 */
export type WebhookClaim = 'claimed' | 'in-progress' | 'handled';

/**
 * What receivers remember, so that a webhook that comes twice is handled once,
 * and one that is missing is noticed. With several instances, they share one
 * store. Keys are short texts without meaning, never what a sender chose. What
 * a method throws is answered with 503, so that the sender tries again.
 */
export interface WebhookStore {
  /**
   * Claims a webhook for an owner. Atomic: of two that ask at a time, one gets
   * it. A claim whose owner has died must come free after a while that is longer
   * than any handler takes.
   */
  claim(key: string, owner: string): Promise<WebhookClaim>;

  /** The webhook was handled. To be remembered for as long as its sender may repeat it. */
  complete(key: string, owner: string): Promise<void>;

  /** The webhook was not handled: the next attempt claims it again. Only what this owner has claimed is given up. */
  release(key: string, owner: string): Promise<void>;

  /** The place of the last event of a task that was handled; `undefined` where that is forgotten. */
  lastSequence(task: string): Promise<number | undefined>;

  /** Notes the place of an event, unless a later one is noted. */
  advance(task: string, sequence: number): Promise<void>;
}
