import { type AgentDefinition } from '../agents/agent-definition.js';
import { type DocumentOptions } from './document-options.js';
import { headersOf, requestHeaders } from './headers.js';
import { type OperationDocument, schemaRef } from './open-api.js';

/** What the operation that is none of A2A is called in names. */
export const CARD_OPERATION = 'AgentCard';

/** The agent card, which everybody may read. */
export function cardOperation(
  { card: { name } }: AgentDefinition,
  {
    operationId,
    card,
  }: Pick<DocumentOptions, 'card'> & { operationId: string },
): OperationDocument {
  return {
    operationId,
    summary: 'Get the agent card',
    description: 'For everybody, whoever asks.',
    tags: [name],
    parameters: requestHeaders('IfNoneMatch'),
    responses: {
      200: {
        description: 'The card.',
        headers: headersOf('ETag', 'Cache-Control'),
        content: {
          'application/json': {
            schema: schemaRef('AgentCard'),
            examples: { card: { value: card } },
          },
        },
      },
      304: { description: 'The caller has it already.' },
    },
    security: [],
  };
}
