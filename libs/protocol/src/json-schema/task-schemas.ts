import {
  type SendMessageResponse,
  type StreamResponse,
  type TaskArtifactUpdateEvent,
  type TaskStatusUpdateEvent,
} from '../task/stream-response.js';
import { TASK_STATES } from '../task/task-state.js';
import { type Artifact, type Task, type TaskStatus } from '../task/task.js';
import {
  choiceSchema,
  type JsonSchema,
  listOf,
  needed,
  objectSchema,
} from './json-schema.js';
import { EXTENSIONS } from './message-schemas.js';
import {
  answeredId,
  boolean,
  METADATA,
  names,
  text,
  timestamp,
} from './scalar-schemas.js';
import { type SchemaTools } from './wire-schema-parts.js';

/** Tasks, and what is said of them (A2A §4.1.1–§4.1.3, §4.1.7, §4.2). */
export function taskSchemas(tools: SchemaTools) {
  return {
    Task: task(tools),
    TaskState: names(TASK_STATES),
    TaskStatus: status(tools),
    Artifact: artifact(tools),
    ...eventSchemas(tools),
    ...responseSchemas(tools),
  };
}

function task({ ref }: SchemaTools): JsonSchema {
  return objectSchema<Task>('A unit of work of the agent.', {
    id: needed(answeredId('Made by the agent.')),
    contextId: answeredId('The conversation that it belongs to.'),
    status: needed(ref('TaskStatus')),
    artifacts: listOf(ref('Artifact'), { description: 'Its results.' }),
    history: listOf(ref('Message'), {
      description: 'Its messages, the oldest first.',
    }),
    metadata: METADATA,
  });
}

function status({ ref }: SchemaTools): JsonSchema {
  return objectSchema<TaskStatus>('Where a task stands.', {
    state: needed(ref('TaskState')),
    message: ref('Message'),
    timestamp: timestamp('When the state was entered.'),
  });
}

function artifact({ ref }: SchemaTools): JsonSchema {
  return objectSchema<Artifact>('A result of a task.', {
    artifactId: needed(answeredId('Unique within the task.')),
    name: text(),
    description: text(),
    parts: needed(listOf(ref('Part'))),
    metadata: METADATA,
    extensions: EXTENSIONS,
  });
}

function eventSchemas({ ref }: SchemaTools) {
  return {
    TaskStatusUpdateEvent: objectSchema<TaskStatusUpdateEvent>(
      'A change of the status of a task.',
      {
        taskId: needed(answeredId()),
        contextId: needed(text()),
        status: needed(ref('TaskStatus')),
        metadata: METADATA,
      },
    ),
    TaskArtifactUpdateEvent: objectSchema<TaskArtifactUpdateEvent>(
      'A new artifact, or a further chunk of one.',
      {
        taskId: needed(answeredId()),
        contextId: needed(text()),
        artifact: needed(ref('Artifact')),
        append: boolean('The parts continue those that the artifact has.'),
        lastChunk: boolean('The artifact is complete.'),
        metadata: METADATA,
      },
    ),
  };
}

function responseSchemas({ ref }: SchemaTools) {
  return {
    SendMessageResponse: choiceSchema<SendMessageResponse>(
      'A task, or a message where the agent made no task.',
      { task: ref('Task'), message: ref('Message') },
      ['task', 'message'],
    ),
    StreamResponse: choiceSchema<StreamResponse>(
      'One event: exactly one of these.',
      {
        task: ref('Task'),
        message: ref('Message'),
        statusUpdate: ref('TaskStatusUpdateEvent'),
        artifactUpdate: ref('TaskArtifactUpdateEvent'),
      },
      ['task', 'message', 'statusUpdate', 'artifactUpdate'],
    ),
  };
}
