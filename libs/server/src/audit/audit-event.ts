import { type A2AErrorCode, type Operation } from '@nest-a2a/protocol';
import { type ServedBinding } from '../options/a2a-module-options.js';

/**
 * Who asked an agent for what, and what came of it. Never content, and never
 * credentials. What a caller says itself is cut to 512 characters.
 */
export interface AuditEvent {
  /** When the outcome was known, ISO 8601. */
  readonly at: string;
  /** Name of the agent. */
  readonly agent: string;
  readonly binding: ServedBinding;
  /** `undefined` where the request names none that there is. */
  readonly operation: Operation | undefined;
  /** `undefined` for none, and where the request was refused before. */
  readonly tenant: string | undefined;
  /** `undefined` for nobody, and where the request was refused before. */
  readonly principal: string | undefined;
  /** The security scheme by which the caller has authenticated, if so. */
  readonly scheme: string | undefined;
  /** The task that the request names, or that came of it. */
  readonly taskId: string | undefined;
  /** `OK`: it was done, or its stream has begun. Otherwise the code of the error. */
  readonly outcome: 'OK' | A2AErrorCode;
  /** Why credentials were rejected, such as `expired`. */
  readonly reason: string | undefined;
  /** Address of the caller, as the platform has it. */
  readonly ip: string | undefined;
}
