import {
  A2A_MEDIA_TYPE,
  invalidAgentResponse,
  type StreamResponse,
} from '@nest-a2a/protocol';
import { toV03Task } from '@nest-a2a/protocol/v0.3';
import {
  type PushConfig,
  type StoredEvent,
  SYSTEM_CONTEXT,
  type TaskLog,
} from '@nest-a2a/store';

/** What is sent for one event: the same bytes at every attempt. */
export interface WebhookPayload {
  readonly contentType: string;
  readonly body: string;
}

/**
 * The body for one event, in the version that the webhook was registered with.
 */
export function webhookPayload(
  event: StoredEvent,
  config: PushConfig,
  log: TaskLog,
): Promise<WebhookPayload> {
  return config.protocolVersion === '0.3'
    ? taskPayload(event, config, log)
    : eventPayload(event, config, log);
}

/** A2A 0.3: the task as it was after the event, which is all that its receivers know. */
async function taskPayload(
  { seq }: StoredEvent,
  { taskId }: PushConfig,
  log: TaskLog,
): Promise<WebhookPayload> {
  const record = await log.load(taskId, { asOf: seq }, SYSTEM_CONTEXT);
  if (!record) {
    throw invalidAgentResponse(`The task of event ${seq} is gone`);
  }
  return {
    contentType: 'application/json',
    body: JSON.stringify(toV03Task(record.task)),
  };
}

/**
 * A2A 1.0: one `StreamResponse` (§4.3.3). An artifact that came in chunks is
 * sent whole, as it was when its last chunk came.
 */
async function eventPayload(
  event: StoredEvent,
  config: PushConfig,
  log: TaskLog,
): Promise<WebhookPayload> {
  const artifactId = chunkedArtifactId(event, config);
  return {
    contentType: A2A_MEDIA_TYPE,
    body:
      artifactId === undefined
        ? event.json
        : await wholeArtifact(event, config.taskId, { artifactId, log }),
  };
}

/** The artifact that must be put together for this event, if any. */
function chunkedArtifactId(
  { body }: StoredEvent,
  { select }: PushConfig,
): string | undefined {
  if (body.kind === 'artifactEnd') {
    return body.artifactId;
  }
  const isLastOfSeveral =
    body.kind === 'artifactUpdate' && body.artifactUpdate.append === true;
  return isLastOfSeveral && select === 'updates'
    ? body.artifactUpdate.artifact.artifactId
    : undefined;
}

async function wholeArtifact(
  { seq }: StoredEvent,
  taskId: string,
  { artifactId, log }: { artifactId: string; log: TaskLog },
): Promise<string> {
  const record = await log.load(
    taskId,
    { asOf: seq, historyLength: 0 },
    SYSTEM_CONTEXT,
  );
  const artifact = record?.task.artifacts?.find(
    (candidate) => candidate.artifactId === artifactId,
  );
  if (!record || !artifact) {
    throw invalidAgentResponse(`Artifact of event ${seq} is not in its task`);
  }
  const response: StreamResponse = {
    artifactUpdate: {
      taskId,
      contextId: record.task.contextId ?? '',
      artifact,
      lastChunk: true,
    },
  };
  return JSON.stringify(response);
}
