import { type ProtocolVersion } from '@nest-a2a/protocol';
import { type Seq } from '../log/task-event.js';
import { type Scope } from '../scope.js';
import { type PushSelect } from './push-select.js';

/** A push notification configuration on its way into the store. */
export interface NewPushConfig {
  /** Unique within its task. */
  readonly id: string;
  /** The version of the protocol that it was registered with decides the form of what is sent. */
  readonly protocolVersion: ProtocolVersion;
  readonly select: PushSelect;
  /** Scheme, host and port of the webhook: what limits are counted by. */
  readonly origin: string;
  /** URL, token and credentials, encrypted: a store never sees them. */
  readonly sealed: Uint8Array;
}

/** How many origins the webhooks of a tenant may be at: each is a host that the tenant makes us call. */
export interface OriginLimits {
  /** At present. */
  readonly max: number;
  /** So many further ones, where it had no webhook, within {@link newWithinMs}. */
  readonly maxNew: number;
  /** Milliseconds, a minute at most. */
  readonly newWithinMs: number;
}

/**
 * A configuration to add, unless its task has as many as it may have, or its
 * tenant has them at as many origins as it may have. The same id again replaces,
 * and an origin that the tenant has already always fits.
 */
export interface PushRegistration {
  readonly config: NewPushConfig;
  readonly maxPerTask: number;
  /** @default no limits */
  readonly origins?: OriginLimits;
}

/** `paused` by the operator, `disabled` after the receiver said so or failed for too long. */
export type PushConfigState = 'active' | 'paused' | 'disabled';

/** A push notification configuration with the position of its delivery. */
export interface PushConfig extends NewPushConfig {
  readonly taskId: string;
  readonly scope: Scope;
  readonly state: PushConfigState;
  /** The last event that is done: delivered, not selected, or dead. */
  readonly cursor: Seq;
  /** The last event that was delivered or went dead; 0 for none. */
  readonly previous: Seq;
  /** Attempts that failed since the last that succeeded, or since an event went dead. */
  readonly failures: number;
  /** When the first attempt failed of those since the last that succeeded, milliseconds. */
  readonly failingSince?: number;
}
