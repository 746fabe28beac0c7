import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { type NestApplication } from '@nestjs/core';
import { type A2APathsOptions, withA2APaths } from '@nest-a2a/server/openapi';
import { DocumentCheck, type ServedDocument } from './document-check.js';
import {
  startAgent,
  type TestAgent,
  type TestAgentOptions,
} from './test-agent.js';

/** What a test decides about a document. */
export interface DocumentSettings {
  readonly paths?: A2APathsOptions;
  /** Version of OpenAPI. @default that of SwaggerModule */
  readonly openapi?: string;
  /** Called before the document is made. */
  readonly before?: (app: NestApplication) => void;
}

/** The document of an application, with what its agents add. */
export function documentOf(
  app: NestApplication,
  { paths, openapi }: DocumentSettings = {},
) {
  const builder = new DocumentBuilder().setTitle('Test').setVersion('1');
  if (openapi !== undefined) builder.setOpenAPIVersion(openapi);
  const document = SwaggerModule.createDocument(app, builder.build());
  return withA2APaths(app, document, paths);
}

/** An agent whose document is served as its `main.ts` would do it, and was read from there. */
export async function startDocumented(
  agentOptions: TestAgentOptions,
  settings: DocumentSettings = {},
): Promise<{ agent: TestAgent; check: DocumentCheck }> {
  const agent = await startAgent({
    ...agentOptions,
    before: (app) => {
      settings.before?.(app);
      const document = documentOf(app, settings);
      SwaggerModule.setup('docs', app, document, { ui: false });
    },
  });
  const response = await fetch(`${agent.url}/docs-json`);
  const document = (await response.json()) as ServedDocument;
  return { agent, check: new DocumentCheck(agent.url, document) };
}
