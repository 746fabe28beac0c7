import {
  type JsonSchema,
  type ProtocolVersion,
  queryParameterSchemas,
  wireSchemas,
} from '@nest-a2a/protocol';
import { toAgentCard } from '../agent-card/agent-card.js';
import { cardExtensions } from '../agent-card/card-extensions.js';
import { UnknownAgentError } from '../agents/agent.errors.js';
import { type AgentRoutes } from '../bindings/http/agent-routes.js';
import { HttpSetup } from '../bindings/http/http-setup.service.js';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { agentDocument } from './agent-document.js';
import { errorAnswerComponents, errorExamples } from './error-answers.js';
import { headerComponents, REQUEST_HEADERS } from './headers.js';
import { type OpenApiDocument } from './open-api.js';
import { type SecurityDocument, securityOf } from './security.js';

/** What is added to a document. */
export interface A2APathsOptions {
  /** Names of the agents. @default all of the application */
  readonly agents?: readonly string[];
  /**
   * The versions of A2A whose routes are added, where an agent speaks them.
   * Those of 0.3 come without schemas.
   *
   * @default 1.0
   */
  readonly versions?: readonly ProtocolVersion[];
}

/** The application, as far as it is asked for. */
export interface A2AApplication {
  get(token: unknown, options: { strict: boolean }): unknown;
}

/** Where an agent is that has no public URL yet. */
const EXAMPLE_URL = 'https://agent.example';

/**
 * Adds the HTTP+JSON routes of the application's agents to a document of
 * `SwaggerModule.createDocument`: operations, schemas, examples, errors and
 * the security schemes of the cards. Operations that an agent's card excludes,
 * such as streams, are left out, and so are agents without that binding but for
 * their cards. Names of components begin with `A2A`.
 *
 * Call it where the document is made, after the global prefix is set.
 *
 * @returns a new document; the one given stays as it is
 * @throws UnknownAgentError
 */
export function withA2APaths<T extends OpenApiDocument>(
  app: A2AApplication,
  document: T,
  options: A2APathsOptions = {},
): T {
  const setup = app.get(HttpSetup, { strict: false }) as HttpSetup;
  const resolved = app.get(RESOLVED_OPTIONS, {
    strict: false,
  }) as ResolvedOptions;
  const agents = chosen(setup.routes(), options.agents);
  return resolved.roles.includes('api')
    ? agents.reduce(
        (whole, routes) => withAgent(whole, routes, { resolved, options }),
        withComponents(document, resolved),
      )
    : document;
}

function chosen(
  routes: AgentRoutes[],
  names: readonly string[] | undefined,
): AgentRoutes[] {
  const known = routes.map(({ agent }) => agent.name);
  return (names ?? known).map((name) => {
    const found = routes.find(({ agent }) => agent.name === name);
    if (!found) {
      throw new UnknownAgentError(name, known);
    }
    return found;
  });
}

function withComponents<T extends OpenApiDocument>(
  document: T,
  { limits, maxBodyBytes }: ResolvedOptions,
): T {
  const { schemas, parameters, headers, examples, responses, ...rest } =
    document.components ?? {};
  const ours = Object.entries(wireSchemas({ limits })).map(
    ([name, schema]): [string, JsonSchema] => [`A2A${name}`, schema],
  );
  return {
    ...document,
    components: {
      ...rest,
      schemas: { ...schemas, ...Object.fromEntries(ours) },
      parameters: { ...parameters, ...REQUEST_HEADERS },
      headers: { ...headers, ...headerComponents() },
      examples: { ...examples, ...errorExamples(maxBodyBytes) },
      responses: { ...responses, ...errorAnswerComponents() },
    },
  };
}

interface AgentContext {
  readonly resolved: ResolvedOptions;
  readonly options: A2APathsOptions;
}

function withAgent<T extends OpenApiDocument>(
  document: T,
  routes: AgentRoutes,
  { resolved, options }: AgentContext,
): T {
  const { agent, base } = routes;
  const { limits, maxBodyBytes, publicUrl = EXAMPLE_URL } = resolved;
  const { openapi, components = {}, paths, tags = [] } = document;
  const taken = components.securitySchemes ?? {};
  const { schemes, security } = securityOf(agent.card, {
    openapi,
    agent: agent.name,
    taken,
  });
  const url = publicUrl + base;
  const added = cardExtensions(agent, url, resolved);
  const placed = agentDocument(routes, {
    versions: options.versions ?? ['1.0'],
    openapi,
    maxBodyBytes,
    query: queryParameterSchemas({ limits }),
    idSchema: { type: 'string', minLength: 1, maxLength: limits.idLength },
    security,
    card: toAgentCard(agent, url, added),
  });
  const merged: Record<string, object> = { ...paths };
  for (const { path, method, document: operation } of placed) {
    merged[path] = { ...merged[path], [method]: operation };
  }
  const { name, description } = agent.card;
  const isTagged = tags.some((tag) => tag.name === name);
  return {
    ...document,
    paths: merged,
    tags: isTagged ? tags : [...tags, { name, description }],
    components: {
      ...components,
      ...withSchemes(taken, schemes),
    },
  };
}

function withSchemes(
  taken: Readonly<Record<string, object>>,
  schemes: SecurityDocument['schemes'],
): Pick<NonNullable<OpenApiDocument['components']>, 'securitySchemes'> {
  const all = { ...taken, ...schemes };
  return Object.keys(all).length > 0 ? { securitySchemes: all } : {};
}
