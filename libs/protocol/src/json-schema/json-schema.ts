/**
 * The part of JSON Schema that OpenAPI 3.0 and 3.1 both read, so that one
 * description serves either.
 */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly default?: boolean | number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
}

/** A member that must be there. */
interface Needed {
  readonly needed: JsonSchema;
}

/** Marks a member that must be there. */
export function needed(schema: JsonSchema): Needed {
  return { needed: schema };
}

/**
 * The schema of every member of a type: one that is forgotten does not compile,
 * nor one that is needed in the schema and not in the type, or the other way round.
 */
export type MemberSchemas<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? JsonSchema : Needed;
};

function isNeeded(member: JsonSchema | Needed): member is Needed {
  return 'needed' in member;
}

/** An object with these members; further ones are ignored (A2A §5.7). */
export function objectSchema<T>(
  description: string,
  members: MemberSchemas<T>,
): JsonSchema {
  const entries = Object.entries<JsonSchema | Needed>(members);
  const required = entries
    .filter(([, member]) => isNeeded(member))
    .map(([name]) => name);
  return {
    type: 'object',
    description,
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(
      entries.map(([name, member]) => [
        name,
        isNeeded(member) ? member.needed : member,
      ]),
    ),
  };
}

type KeysOfUnion<T> = T extends unknown ? keyof T : never;

/** The schema of every member of every type of a union. */
export type ChoiceSchemas<T> = {
  readonly [K in KeysOfUnion<T>]: JsonSchema;
};

/**
 * An object with exactly one of some members (proto `oneof`).
 *
 * @param choices the members of which there is one; the others may be there as well
 */
export function choiceSchema<T>(
  description: string,
  members: ChoiceSchemas<T>,
  choices: readonly KeysOfUnion<T>[],
): JsonSchema {
  return {
    type: 'object',
    description,
    properties: members,
    oneOf: choices.map((name) => ({ required: [String(name)] })),
  };
}

/** A list. */
export function listOf(
  items: JsonSchema,
  limits: Pick<JsonSchema, 'description' | 'minItems' | 'maxItems'> = {},
): JsonSchema {
  return { type: 'array', items, ...limits };
}

/** An object with any keys and values of one kind. */
export function mapOf(values: JsonSchema, description?: string): JsonSchema {
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    additionalProperties: values,
  };
}
