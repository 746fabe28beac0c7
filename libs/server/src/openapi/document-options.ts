import { type JsonSchema, type ProtocolVersion } from '@nest-a2a/protocol';
import { type Requirement } from './open-api.js';

/** What the operations of one agent are written with. */
export interface DocumentOptions {
  /** The versions of the protocol to describe. */
  readonly versions: readonly ProtocolVersion[];
  /** The version of OpenAPI. */
  readonly openapi: string;
  readonly maxBodyBytes: number;
  /** By operation. */
  readonly query: Readonly<Partial<Record<string, Record<string, JsonSchema>>>>;
  /** For parameters in paths. */
  readonly idSchema: JsonSchema;
  /** `undefined` where the card says nothing. */
  readonly security: readonly Requirement[] | undefined;
  /** The card of the agent, for examples. */
  readonly card: object;
}
