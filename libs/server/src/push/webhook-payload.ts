import {
  A2A_MEDIA_TYPE,
  invalidAgentResponse,
  type StreamResponse,
  type Task,
} from '@nest-a2a/protocol';
import { toV03Task } from '@nest-a2a/protocol/v0.3';
import {
  type PushConfig,
  type Seq,
  type StoredEvent,
  SYSTEM_CONTEXT,
  type TaskLog,
} from '@nest-a2a/store';
import { type Delivery } from './next-delivery.js';

/** What is sent for one event: the same bytes at every attempt. */
export interface WebhookPayload {
  readonly contentType: string;
  readonly body: string;
}

/** Where a payload is read, and how long it may be. */
export interface PayloadSource {
  readonly log: TaskLog;
  readonly maxBytes: number;
}

/**
 * The body for one delivery, in the version that the webhook was registered
 * with. One that is too long is replaced by the task in short.
 */
export async function webhookPayload(
  delivery: Delivery,
  config: PushConfig,
  { log, maxBytes }: PayloadSource,
): Promise<WebhookPayload> {
  const { seq } = delivery.event;
  const body = await fullBody(delivery, config, log);
  const isV03 = config.protocolVersion === '0.3';
  return {
    contentType: isV03 ? 'application/json' : A2A_MEDIA_TYPE,
    body:
      Buffer.byteLength(body) <= maxBytes
        ? body
        : taskBody(briefOf(await taskAsOf(seq, config, log)), config),
  };
}

/**
 * A2A 1.0: one `StreamResponse` (§4.3.3). An artifact that came in chunks is
 * sent whole, as it was when its last chunk came. A2A 0.3: the task as it was
 * after the event, which is all that its receivers know.
 */
async function fullBody(
  { event, isSnapshot }: Delivery,
  config: PushConfig,
  log: TaskLog,
): Promise<string> {
  if (isSnapshot || config.protocolVersion === '0.3') {
    return taskBody(await taskAsOf(event.seq, config, log), config);
  }
  const artifactId = chunkedArtifactId(event, config);
  return artifactId === undefined
    ? event.json
    : wholeArtifact(event, config.taskId, { artifactId, log });
}

function taskBody(task: Task, { protocolVersion }: PushConfig): string {
  return JSON.stringify(protocolVersion === '0.3' ? toV03Task(task) : { task });
}

async function taskAsOf(
  asOf: Seq,
  { taskId }: PushConfig,
  log: TaskLog,
): Promise<Task> {
  const record = await log.load(taskId, { asOf }, SYSTEM_CONTEXT);
  if (!record) {
    throw invalidAgentResponse(`The task of event ${asOf} is gone`);
  }
  return record.task;
}

/** What a receiver needs to ask for the rest. */
function briefOf({ id, contextId, status }: Task): Task {
  const { state, timestamp } = status;
  return {
    id,
    ...(contextId !== undefined && { contextId }),
    status: { state, ...(timestamp !== undefined && { timestamp }) },
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
