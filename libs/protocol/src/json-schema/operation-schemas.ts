import {
  type CancelTaskRequest,
  type GetTaskRequest,
  type ListTaskPushNotificationConfigsRequest,
  type ListTaskPushNotificationConfigsResponse,
  type ListTasksRequest,
  type ListTasksResponse,
  type SendMessageConfiguration,
  type SendMessageRequest,
} from '../operations/requests.js';
import { type Operation } from '../operations/operation.js';
import {
  type AuthenticationInfo,
  type TaskPushNotificationConfig,
} from '../push/push-notification-config.js';
import {
  type JsonSchema,
  listOf,
  type MemberSchemas,
  needed,
  objectSchema,
} from './json-schema.js';
import {
  boolean,
  count,
  nonEmptyText,
  requestId,
  requestMetadata,
  requestTimestamp,
  text,
} from './scalar-schemas.js';
import { type SchemaTools } from './wire-schema-parts.js';

const HISTORY_LENGTH = count(
  'At most so many messages of the history; 0 for none.',
);

/** What operations are asked with and what they answer (A2A §3.1, §4.3). */
export function operationSchemas(tools: SchemaTools) {
  return {
    ...sendSchemas(tools),
    ...pushSchemas(tools),
    ...pageSchemas(tools),
    CancelTaskRequest: objectSchema<Omit<CancelTaskRequest, 'id' | 'tenant'>>(
      'What may be said with a cancellation.',
      { metadata: requestMetadata(tools.limits) },
    ),
  };
}

function sendSchemas({ ref, limits }: SchemaTools) {
  return {
    SendMessageRequest: objectSchema<SendMessageRequest>(
      'A message to the agent.',
      {
        tenant: requestId(limits),
        message: needed(ref('UserMessage')),
        configuration: ref('SendMessageConfiguration'),
        metadata: requestMetadata(limits),
      },
    ),
    SendMessageConfiguration: objectSchema<SendMessageConfiguration>(
      'How the answer should come.',
      {
        acceptedOutputModes: listOf(nonEmptyText(), {
          description: 'Media types that the client understands.',
        }),
        taskPushNotificationConfig: ref('TaskPushNotificationConfig'),
        historyLength: HISTORY_LENGTH,
        returnImmediately: boolean('Answer as soon as the task is there.'),
      },
    ),
  };
}

function pushSchemas({ ref, limits }: SchemaTools) {
  return {
    TaskPushNotificationConfig: objectSchema<TaskPushNotificationConfig>(
      'Where the updates of a task are sent.',
      {
        tenant: requestId(limits),
        id: requestId(limits, 'Given by the agent where it is left out.'),
        taskId: requestId(
          limits,
          'Left out with a message: its task is not there yet.',
        ),
        url: needed(nonEmptyText('Where the webhook is.')),
        token: text('Comes back with every notification.'),
        authentication: ref('AuthenticationInfo'),
      },
    ),
    AuthenticationInfo: objectSchema<AuthenticationInfo>(
      'How the webhook wants to be authenticated.',
      {
        scheme: needed(nonEmptyText('HTTP scheme, such as Bearer.')),
        credentials: text(),
      },
    ),
    ListTaskPushNotificationConfigsResponse:
      objectSchema<ListTaskPushNotificationConfigsResponse>(
        'A page of configurations.',
        {
          configs: needed(listOf(ref('TaskPushNotificationConfig'))),
          nextPageToken: needed(text('Empty on the last page.')),
        },
      ),
  };
}

function pageSchemas({ ref }: SchemaTools) {
  return {
    ListTasksResponse: objectSchema<ListTasksResponse>('A page of tasks.', {
      tasks: needed(listOf(ref('Task'))),
      nextPageToken: needed(text('Empty on the last page.')),
      pageSize: needed(count('The page size that was used.')),
      totalSize: needed(count('How many tasks match, on all pages.')),
    }),
  };
}

type InQuery<T, InPath extends keyof T> = MemberSchemas<Omit<T, InPath>>;

/** What operations are asked with in a query (A2A §11.5). None is required. */
export function querySchemas({
  limits,
  ref,
}: SchemaTools): Partial<Record<Operation, Record<string, JsonSchema>>> {
  const GetTask: InQuery<GetTaskRequest, 'tenant' | 'id'> = {
    historyLength: HISTORY_LENGTH,
  };
  const ListTasks: InQuery<ListTasksRequest, 'tenant'> = {
    contextId: requestId(limits),
    status: ref('TaskState'),
    pageSize: count('How many tasks on a page.', { least: 1, most: 100 }),
    pageToken: text('The nextPageToken of the page before.'),
    historyLength: HISTORY_LENGTH,
    statusTimestampAfter: requestTimestamp(
      'Only tasks whose status is from then or later.',
    ),
    includeArtifacts: boolean('Whether tasks come with their artifacts.'),
  };
  const ListTaskPushNotificationConfigs: InQuery<
    ListTaskPushNotificationConfigsRequest,
    'tenant' | 'taskId'
  > = {
    pageSize: count('How many configurations on a page.'),
    pageToken: text('The nextPageToken of the page before.'),
  };
  return { GetTask, ListTasks, ListTaskPushNotificationConfigs };
}
