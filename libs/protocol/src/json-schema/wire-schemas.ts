import { type Operation } from '../operations/operation.js';
import {
  DEFAULT_VALIDATION_LIMITS,
  type ValidationLimits,
} from '../validation/parse-context.js';
import { agentCardSchemas } from './agent-card-schemas.js';
import { errorSchemas } from './error-schemas.js';
import { type JsonSchema } from './json-schema.js';
import { messageSchemas } from './message-schemas.js';
import { operationSchemas, querySchemas } from './operation-schemas.js';
import { securitySchemas } from './security-schemas.js';
import { taskSchemas } from './task-schemas.js';
import { type SchemaTools, type WireSchemaName } from './wire-schema-parts.js';

/** How schemas are made. */
export interface WireSchemaOptions {
  /** The sizes that a request may have. @default those of {@link DEFAULT_VALIDATION_LIMITS} */
  readonly limits?: ValidationLimits;
  /**
   * The value of `$ref` for a schema.
   *
   * @default `#/components/schemas/A2A<name>`
   */
  readonly ref?: (name: WireSchemaName) => string;
}

function toolsOf({
  limits = DEFAULT_VALIDATION_LIMITS,
  ref = (name) => `#/components/schemas/A2A${name}`,
}: WireSchemaOptions): SchemaTools {
  return { limits, ref: (name) => ({ $ref: ref(name) }) };
}

/**
 * JSON Schema of everything that A2A 1.0 says in JSON, by its A2A name, in the
 * part of the language that OpenAPI 3.0 and 3.1 share. They describe what this
 * implementation writes and what clients should: a request that matches has the
 * right form, and agents also read the other forms of ProtoJSON. Two limits
 * cannot be said and stand in descriptions: bytes of metadata, depth of values.
 *
 * `UserMessage` is a message as clients send it.
 */
export function wireSchemas(
  options: WireSchemaOptions = {},
): Record<WireSchemaName, JsonSchema> {
  const tools = toolsOf(options);
  return {
    ...messageSchemas(tools),
    ...taskSchemas(tools),
    ...operationSchemas(tools),
    ...agentCardSchemas(tools),
    ...securitySchemas(tools),
    ...errorSchemas(tools),
  };
}

/** JSON Schema of the query parameters of each operation on HTTP+JSON (A2A §11.5). */
export function queryParameterSchemas(
  options: WireSchemaOptions = {},
): Partial<Record<Operation, Record<string, JsonSchema>>> {
  return querySchemas(toolsOf(options));
}
