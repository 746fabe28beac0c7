import { type JsonSchema, type ProtocolVersion } from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';
import { type DocumentOptions } from './document-options.js';
import { errorAnswers } from './error-answers.js';
import {
  EXAMPLE_ANSWERS,
  EXAMPLE_REQUESTS,
  exampleStream,
} from './examples.js';
import { headersOf, requestHeaders } from './headers.js';
import { jsonContent } from './json-content.js';
import {
  type Answer,
  type Content,
  type OperationDocument,
  type Parameter,
  type Reference,
  schemaRef,
} from './open-api.js';
import { OPERATION_DOCS, type OperationDoc } from './operation-docs.js';
import { type PlacedOperation } from './route-operations.js';

/** What one operation is written with. */
export interface OperationOptions extends DocumentOptions {
  readonly agent: AgentDefinition;
  readonly version: ProtocolVersion;
  readonly operationId: string;
}

/** The schema of whatever 0.3 says. */
const OF_V03: JsonSchema = {
  type: 'object',
  description: 'In the form of A2A 0.3.',
  additionalProperties: true,
};

/** An operation of A2A as OpenAPI writes it. */
export function operationOf(
  placed: PlacedOperation,
  options: OperationOptions,
): OperationDocument {
  const doc = OPERATION_DOCS[placed.operation];
  const { agent, operationId, security } = options;
  const description = [doc.description, needsOf(agent)].filter(Boolean);
  return {
    operationId,
    summary: doc.summary,
    ...(description.length > 0 && { description: description.join('\n\n') }),
    tags: [agent.card.name],
    parameters: parametersOf(placed, doc, options),
    ...bodyOf(placed, doc, options),
    responses: {
      200: answerOf(placed, doc, options),
      ...(doc.answer === 'AgentCard' && {
        304: { description: 'The caller has it already.' },
      }),
      ...errorAnswers({
        operation: placed.operation,
        hasBody: placed.method === 'post',
      }),
    },
    ...(security && { security }),
  };
}

/** Extensions without which an agent answers nobody. */
function needsOf({ card }: AgentDefinition): string | undefined {
  const needed = (card.capabilities?.extensions ?? [])
    .filter(({ required }) => required)
    .map(({ uri }) => `\`${uri}\``);
  return needed.length > 0
    ? `The client must know the extensions ${needed.join(', ')}.`
    : undefined;
}

function parametersOf(
  { operation, inPath }: PlacedOperation,
  doc: OperationDoc,
  { query, idSchema, version }: OperationOptions,
): (Parameter | Reference)[] {
  const { isStream = false, answer } = doc;
  const inQuery = version === '1.0' ? (query[operation] ?? {}) : {};
  return [
    ...inPath.map((name): Parameter => ({
      name,
      in: 'path',
      required: true,
      schema: idSchema,
    })),
    ...Object.entries(inQuery).map(([name, schema]): Parameter => ({
      name,
      in: 'query',
      schema,
    })),
    ...(version === '1.0' ? requestHeaders('Version') : []),
    ...requestHeaders('Extensions'),
    ...(isStream ? requestHeaders('LastEventId') : []),
    ...(answer === 'AgentCard' ? requestHeaders('IfNoneMatch') : []),
  ];
}

function bodyOf(
  { operation }: PlacedOperation,
  { request, isRequestOptional = false }: OperationDoc,
  { version, maxBodyBytes }: OperationOptions,
): Pick<OperationDocument, 'requestBody'> {
  if (request === undefined) {
    return {};
  }
  const content = contentOf(version, schemaRef(request), {
    request: EXAMPLE_REQUESTS[operation],
  });
  return {
    requestBody: {
      required: !isRequestOptional,
      description: `At most ${maxBodyBytes} bytes.`,
      content,
    },
  };
}

/** JSON with an example, which only 1.0 has. */
function contentOf(
  version: ProtocolVersion,
  schema: JsonSchema,
  examples: Readonly<Record<string, object | undefined>>,
): Record<string, Content> {
  if (version === '0.3') {
    return { 'application/json': { schema: OF_V03 } };
  }
  const given = Object.entries(examples).filter(([, value]) => value);
  return jsonContent({
    schema,
    ...(given.length > 0 && {
      examples: Object.fromEntries(
        given.map(([name, value]) => [name, { value }]),
      ),
    }),
  });
}

function answerOf(
  { operation }: PlacedOperation,
  doc: OperationDoc,
  { version, openapi, card }: OperationOptions,
): Answer {
  const { answer, isStream = false } = doc;
  if (isStream) {
    return {
      description:
        'Server-sent events until the turn is over. The schema is that of the `data` of each.',
      headers: headersOf('A2A-Extensions'),
      content: { 'text/event-stream': streamContent(version, openapi) },
    };
  }
  const isCard = answer === 'AgentCard';
  const example = isCard ? card : EXAMPLE_ANSWERS[operation];
  const schema = answer ? schemaRef(answer) : ({ type: 'object' } as const);
  return {
    description: 'Done.',
    headers: isCard
      ? headersOf('A2A-Extensions', 'ETag', 'Cache-Control')
      : headersOf('A2A-Extensions'),
    content: contentOf(version, schema, { answer: example }),
  };
}

/** OpenAPI has words for streams from 3.2 on; before, what stands there is one event. */
function streamContent(version: ProtocolVersion, openapi: string): Content {
  const schema = version === '1.0' ? schemaRef('StreamResponse') : OF_V03;
  const examples = { events: { value: exampleStream() } };
  const hasItems = !/^3\.[01]\b/.test(openapi);
  return {
    ...(hasItems
      ? {
          itemSchema: {
            type: 'object',
            required: ['data'],
            properties: {
              id: { type: 'string' },
              data: {
                type: 'string',
                contentMediaType: 'application/json',
                contentSchema: schema,
              },
            },
          },
        }
      : { schema }),
    ...(version === '1.0' && { examples }),
  };
}
