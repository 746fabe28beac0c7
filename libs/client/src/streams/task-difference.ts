import { isDeepStrictEqual } from 'node:util';
import {
  type Artifact,
  type Part,
  type StreamResponse,
  type Task,
  type TaskStatus,
} from '@nest-a2a/protocol';

/** What a task says that was not known of it. */
export interface TaskDifference {
  /** The events that lead from what is known to the task, in order; none where nothing is new. */
  readonly events: readonly StreamResponse[];
  /** The task is older than what is known: some of that is not in it. */
  readonly isBehind: boolean;
}

/**
 * What has happened to a task while nobody looked. Chunks that were missed come
 * as one, which continues the artifact where it was left; an artifact that was
 * replaced comes whole. Of several states only the last is there.
 */
export function differenceOf(known: Task, task: Task): TaskDifference {
  const events: StreamResponse[] = [];
  let isBehind = (known.artifacts ?? []).some(
    ({ artifactId }) => !artifactOf(task, artifactId),
  );
  for (const artifact of task.artifacts ?? []) {
    const before = artifactOf(known, artifact.artifactId);
    const rest = before && continuationOf(before.parts, artifact.parts);
    if (before && !rest && continuationOf(artifact.parts, before.parts)) {
      isBehind = true;
    } else if (rest?.length !== 0) {
      events.push(artifactEvent(task, artifact, rest));
    }
  }
  if (!isSameStatus(known.status, task.status)) {
    events.push(statusEvent(task));
  }
  return { events, isBehind };
}

function artifactOf(
  { artifacts = [] }: Task,
  artifactId: string,
): Artifact | undefined {
  return artifacts.find((one) => one.artifactId === artifactId);
}

/**
 * The parts that continue those that are known; `undefined` where they are no
 * continuation. Agents may join the texts of chunks, so a text may go on within
 * a part, and the borders between texts need not be the same.
 */
function continuationOf(
  known: readonly Part[],
  parts: readonly Part[],
): Part[] | undefined {
  const equal = countEqual(known, parts);
  if (equal === known.length) {
    return parts.slice(equal);
  }
  const before = textIn(known.slice(equal));
  const after = textIn(parts.slice(equal));
  if (before === undefined || after === undefined) {
    return undefined;
  }
  return after.startsWith(before)
    ? textParts(after.slice(before.length))
    : undefined;
}

function countEqual(known: readonly Part[], parts: readonly Part[]): number {
  const differs = known.findIndex(
    (part, index) => !isDeepStrictEqual(part, parts[index]),
  );
  return differs < 0 ? known.length : differs;
}

/** The text of parts that are all text. */
function textIn(parts: readonly Part[]): string | undefined {
  const texts = parts.map((part) => ('text' in part ? part.text : undefined));
  return texts.includes(undefined) ? undefined : texts.join('');
}

function textParts(text: string): Part[] {
  return text === '' ? [] : [{ text }];
}

function artifactEvent(
  { id, contextId = '' }: Task,
  artifact: Artifact,
  rest: Part[] | undefined,
): StreamResponse {
  const update = { taskId: id, contextId };
  return rest
    ? {
        artifactUpdate: {
          ...update,
          artifact: { ...artifact, parts: rest },
          append: true,
        },
      }
    : { artifactUpdate: { ...update, artifact } };
}

function statusEvent({ id, contextId = '', status }: Task): StreamResponse {
  return { statusUpdate: { taskId: id, contextId, status } };
}

/** Agents write the same time in several ways, and may keep the message of a status elsewhere. */
function isSameStatus(known: TaskStatus, status: TaskStatus): boolean {
  return (
    known.state === status.state &&
    (status.message === undefined ||
      isDeepStrictEqual(known.message, status.message))
  );
}
