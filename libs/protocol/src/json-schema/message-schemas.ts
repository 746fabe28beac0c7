import { MESSAGE_ROLES, type Message } from '../message/message.js';
import { type Part } from '../message/part.js';
import {
  choiceSchema,
  type JsonSchema,
  listOf,
  needed,
  objectSchema,
} from './json-schema.js';
import {
  answeredId,
  base64,
  METADATA,
  names,
  nonEmptyText,
  requestId,
  requestMetadata,
  text,
} from './scalar-schemas.js';
import { type SchemaTools } from './wire-schema-parts.js';

/** Messages and their parts (A2A §4.1.4, §4.1.6). */
export function messageSchemas(tools: SchemaTools) {
  return {
    Message: answeredMessage(tools),
    UserMessage: userMessage(tools),
    Part: part(tools),
  };
}

/** URIs of extensions, of those that contributed to something. */
export const EXTENSIONS: JsonSchema = listOf(nonEmptyText(), {
  description: 'URIs of the extensions that contributed to it.',
});

function part({ limits }: SchemaTools): JsonSchema {
  return choiceSchema<Part>(
    'A piece of content: exactly one of text, raw, url and data.',
    {
      text: text('Text.'),
      raw: base64('A file by its content, in base64.'),
      url: nonEmptyText('A file by its address.'),
      data: {
        description: `Any JSON value, null included, nested at most ${limits.jsonDepth} levels deep.`,
      },
      metadata: METADATA,
      filename: text('Name of the file.'),
      mediaType: text('Media type of the content.'),
    },
    ['text', 'raw', 'url', 'data'],
  );
}

function answeredMessage({ ref }: SchemaTools): JsonSchema {
  const anId = answeredId();
  return objectSchema<Message>('What one of the two has said.', {
    messageId: needed(answeredId('Made by whoever sends the message.')),
    contextId: anId,
    taskId: anId,
    role: needed(names(MESSAGE_ROLES, 'Who speaks.')),
    parts: needed(listOf(ref('Part'))),
    metadata: METADATA,
    extensions: EXTENSIONS,
    referenceTaskIds: listOf(anId, { description: 'Tasks it refers to.' }),
  });
}

function userMessage({ ref, limits }: SchemaTools): JsonSchema {
  return objectSchema<Message>('A message as a client sends it.', {
    messageId: needed(
      requestId(limits, 'Made by the client, a new one for each message.'),
    ),
    contextId: requestId(limits, 'The conversation that it belongs to.'),
    taskId: requestId(limits, 'The task that it goes on with.'),
    role: needed(names(['ROLE_USER'])),
    parts: needed(listOf(ref('Part'), { minItems: 1, maxItems: limits.parts })),
    metadata: requestMetadata(limits),
    extensions: EXTENSIONS,
    referenceTaskIds: listOf(requestId(limits), {
      description: 'Other tasks it refers to.',
    }),
  });
}
