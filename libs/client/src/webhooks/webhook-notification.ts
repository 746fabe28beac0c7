import { type ProtocolVersion, type StreamResponse } from '@nest-a2a/protocol';
import { StreamAssembler } from '../results/stream-assembler.js';
import { StreamEvent } from '../results/stream-event.js';
import { type WebhookFacts } from './webhook-headers.js';

/** Events that were sent and never got here. */
export interface WebhookGap {
  /** The place of the last event of the task that was handled here. */
  readonly lastSeen: number;
  /** The place of the event that the sender has sent before this one. */
  readonly previous: number;
}

/** What a notification is made of. */
export interface NotificationContent {
  readonly raw: StreamResponse;
  readonly payload: unknown;
  readonly version: ProtocolVersion;
  readonly facts: WebhookFacts;
  readonly source?: string | undefined;
  readonly gap?: WebhookGap | undefined;
}

/**
 * What a webhook says, whichever version its sender speaks: an event like those
 * of a stream, with what the headers say besides. `id` is the `webhook-id`: the
 * same at every attempt, `undefined` where the sender gives none. `task` is the
 * task as far as this one notification tells of it.
 */
export class WebhookNotification extends StreamEvent {
  /** What came: a `StreamResponse` of 1.0, or the bare task of 0.3. */
  readonly payload: unknown;
  /** The version of the payload. */
  readonly version: ProtocolVersion;
  /** What the application has called the sender; see `WebhookRequest.source`. */
  readonly source: string | undefined;
  /** When this attempt was made, by the clock of the sender. */
  readonly sentAt: Date | undefined;
  /** The place of the event in its task, where the sender says it. */
  readonly sequence: number | undefined;
  /** The place of the event that was sent before it; 0 for none. */
  readonly previousSequence: number | undefined;
  /**
   * Set where events before this one are missing: ask the agent for the task.
   * Known only while the store remembers the task.
   */
  readonly gap: WebhookGap | undefined;
  readonly #content: NotificationContent;

  constructor(content: NotificationContent) {
    const { raw, facts } = content;
    const assemble = () =>
      new StreamAssembler().next({ id: undefined, value: raw }).task;
    super(raw, facts.id, assemble);
    const { timestamp } = facts;
    this.payload = content.payload;
    this.version = content.version;
    this.source = content.source;
    this.sentAt =
      timestamp === undefined ? undefined : new Date(timestamp * 1_000);
    this.sequence = facts.sequence;
    this.previousSequence = facts.previousSequence;
    this.gap = content.gap;
    this.#content = content;
  }

  /** The same, with what is known of the events before it. */
  withGap(gap: WebhookGap): WebhookNotification {
    return new WebhookNotification({ ...this.#content, gap });
  }
}
