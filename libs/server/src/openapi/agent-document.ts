import { type ProtocolVersion } from '@nest-a2a/protocol';
import { type AgentDefinition } from '../agents/agent-definition.js';
import {
  type AddressedRoute,
  type AgentRoutes,
} from '../bindings/http/agent-routes.js';
import { CARD_OPERATION, cardOperation } from './card-operation.js';
import { type DocumentOptions } from './document-options.js';
import { type OperationDocument } from './open-api.js';
import { OPERATION_DOCS } from './operation-docs.js';
import { operationOf } from './operation-document.js';
import { operationsOf, type PlacedOperation } from './route-operations.js';

/** An operation and where it is. */
export interface PlacedDocument {
  readonly path: string;
  readonly method: string;
  readonly document: OperationDocument;
}

/** The operations of one agent: those that its card says it has, and its card. */
export function agentDocument(
  routes: AgentRoutes,
  options: DocumentOptions,
): PlacedDocument[] {
  const { agent } = routes;
  const [path = ''] = routes.cardPaths;
  const card = cardOperation(agent, {
    ...options,
    operationId: operationId(agent, CARD_OPERATION),
  });
  return [
    { path, method: 'get', document: card },
    ...routes.httpJson
      .filter(({ addressee }) => options.versions.includes(addressee.version))
      .flatMap((route) => placedDocuments(agent, route, options)),
  ];
}

function placedDocuments(
  agent: AgentDefinition,
  route: AddressedRoute,
  options: DocumentOptions,
): PlacedDocument[] {
  const { version } = route.addressee;
  return operationsOf(route)
    .filter(({ operation }) => isServed(agent, operation))
    .map((placed) => ({
      path: placed.path,
      method: placed.method,
      document: operationOf(placed, {
        ...options,
        agent,
        version,
        operationId: operationId(agent, nameOf(placed, version)),
      }),
    }));
}

function isServed(
  agent: AgentDefinition,
  operation: PlacedOperation['operation'],
): boolean {
  return OPERATION_DOCS[operation].isServed?.(agent) ?? true;
}

function nameOf(
  { operation, suffix }: PlacedOperation,
  version: ProtocolVersion,
): string {
  return `${operation}${suffix}${version === '0.3' ? 'V03' : ''}`;
}

/** Unique in the document, and a name in most languages. */
function operationId({ name }: AgentDefinition, operation: string): string {
  const of = name === 'default' ? '' : `${name.replace(/\W+/g, '_')}_`;
  return `a2a_${of}${operation}`;
}
