import fc from 'fast-check';
import {
  type Artifact,
  type JsonObject,
  type JsonValue,
  type Message,
  MESSAGE_ROLES,
  type Part,
  type SendMessageRequest,
  type StreamResponse,
  type Task,
  TASK_STATES,
  type TaskPushNotificationConfig,
  toTimestamp,
} from '../src/index.js';

const withoutNegativeZero = (value: unknown): JsonValue =>
  JSON.parse(JSON.stringify(value)) as JsonValue;

/** Any JSON value, keys like `__proto__` included. */
export const jsonValues: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 3 })
  .map(withoutNegativeZero);

const keys = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', 'kind', 'data', 'value', 'text'),
);

/** JSON objects, `__proto__` a key like any other. */
export const jsonObjects: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(keys, jsonValues), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries));

/** Ids that no route or resource name could misunderstand. */
export const ids = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' })
  .filter((id) => id.trim() !== '' && !id.includes('/'));

const texts = fc.string({ minLength: 1, maxLength: 10 });
const uris = fc.array(fc.webUrl(), { maxLength: 2 });
const base64 = fc
  .uint8Array({ maxLength: 9 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

/** An object whose members but for the first ones may be missing. */
function record<T extends object>(
  required: { [K in keyof T]?: fc.Arbitrary<T[K]> },
  optional: { [K in keyof T]?: fc.Arbitrary<NonNullable<T[K]>> },
): fc.Arbitrary<T> {
  const model = { ...required, ...optional };
  return fc.record(model, {
    requiredKeys: Object.keys(required) as never,
    noNullPrototype: true,
  }) as unknown as fc.Arbitrary<T>;
}

const info = { metadata: jsonObjects, filename: texts, mediaType: texts };

/** Parts of every kind, with all that 1.0 may say of them. */
export const parts: fc.Arbitrary<Part> = fc.oneof(
  record<{ text: string } & Part>({ text: fc.string() }, info),
  record<{ raw: string } & Part>({ raw: base64 }, info),
  record<{ url: string } & Part>({ url: fc.webUrl() }, info),
  record<{ data: JsonValue } & Part>(
    { data: fc.oneof(jsonValues, jsonObjects) },
    info,
  ),
);

const partLists = fc.array(parts, { minLength: 1, maxLength: 3 });

export const messages = record<Message>(
  { messageId: ids, role: fc.constantFrom(...MESSAGE_ROLES), parts: partLists },
  {
    contextId: ids,
    taskId: ids,
    metadata: jsonObjects,
    extensions: uris,
    referenceTaskIds: fc.array(ids, { maxLength: 2 }),
  },
);

const times = fc
  .integer({ min: 0, max: 4_000_000_000_000 })
  .map((epochMs) => toTimestamp(epochMs));

const statuses = record<Task['status']>(
  { state: fc.constantFrom(...TASK_STATES) },
  { message: messages, timestamp: times },
);

const artifacts = record<Artifact>(
  { artifactId: ids, parts: partLists },
  { name: texts, description: texts, metadata: jsonObjects, extensions: uris },
);

export const tasks = record<Task>(
  { id: ids, status: statuses },
  {
    contextId: ids,
    artifacts: fc.array(artifacts, { maxLength: 2 }),
    history: fc.array(messages, { maxLength: 2 }),
    metadata: jsonObjects,
  },
);

const names = { taskId: ids, contextId: ids };

export const events: fc.Arbitrary<StreamResponse> = fc.oneof(
  tasks.map((task) => ({ task })),
  messages.map((message) => ({ message })),
  record<Extract<StreamResponse, { statusUpdate: object }>['statusUpdate']>(
    { ...names, status: statuses },
    { metadata: jsonObjects },
  ).map((statusUpdate) => ({ statusUpdate })),
  record<Extract<StreamResponse, { artifactUpdate: object }>['artifactUpdate']>(
    { ...names, artifact: artifacts },
    { append: fc.boolean(), lastChunk: fc.boolean(), metadata: jsonObjects },
  ).map((artifactUpdate) => ({ artifactUpdate })),
);

const authentications = record<
  NonNullable<TaskPushNotificationConfig['authentication']>
>({ scheme: texts }, { credentials: texts });

const pushConfig = {
  token: texts,
  authentication: authentications,
};

/** Push configurations as an agent answers them. */
export const pushConfigs = record<TaskPushNotificationConfig>(
  { taskId: ids, id: ids, url: fc.webUrl() },
  pushConfig,
);

export const sendRequests = record<SendMessageRequest>(
  { message: messages },
  {
    tenant: ids,
    metadata: jsonObjects,
    configuration: record<NonNullable<SendMessageRequest['configuration']>>(
      {},
      {
        acceptedOutputModes: fc.array(texts, { maxLength: 2 }),
        historyLength: fc.nat(20),
        returnImmediately: fc.boolean(),
        taskPushNotificationConfig: record<TaskPushNotificationConfig>(
          { url: fc.webUrl() },
          { ...pushConfig, id: ids },
        ),
      },
    ),
  },
);
