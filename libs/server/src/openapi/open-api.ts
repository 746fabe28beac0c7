import { type JsonSchema } from '@nest-a2a/protocol';

type Named<T extends object = object> = Record<string, T>;

/** What is read of a document, whoever made it: `SwaggerModule.createDocument` does. */
export interface OpenApiDocument {
  openapi: string;
  paths: Named;
  components?: {
    schemas?: Named;
    parameters?: Named;
    headers?: Named;
    examples?: Named;
    responses?: Named;
    securitySchemes?: Named;
  };
  tags?: { name: string; description?: string }[];
}

/** Refers to a component. */
export interface Reference {
  readonly $ref: string;
}

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

/** Content of a request or an answer in one media type. */
export interface Content {
  readonly schema?: JsonSchema;
  /** Of one item of a stream; OpenAPI 3.2. */
  readonly itemSchema?: object;
  readonly examples?: Readonly<Record<string, Example | Reference>>;
}

/** An example. */
export interface Example {
  readonly summary?: string;
  readonly value: unknown;
}

/** An answer. */
export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Readonly<Record<string, Content>>;
}

/** What a caller has to satisfy: one of them. */
export type Requirement = Readonly<Record<string, readonly string[]>>;

/** An operation. */
export interface OperationDocument {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly description: string;
    readonly content: Readonly<Record<string, Content>>;
  };
  readonly responses: Readonly<Record<string, Answer | Reference>>;
  readonly security?: readonly Requirement[];
}

/** Refers to a schema of A2A by its name there. */
export function schemaRef(name: string): Reference {
  return { $ref: `#/components/schemas/A2A${name}` };
}
