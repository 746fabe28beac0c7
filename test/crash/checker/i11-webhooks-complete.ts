import { type StreamResponse, type Task } from '@nest-a2a/protocol';
import { type Violation, type WebhookReceived } from '../history/history.js';
import { type HistoryView } from './history-view.js';
import {
  isDead,
  isProcessed,
  mayHaveBegunAgain,
  type PushView,
} from './push-view.js';
import { isSameContent } from './same-content.js';
import { type TaskVersions, toTaskEvent } from './task-versions.js';

/** HTTP 410: the receiver wants nothing more. */
const GONE = 410;

/** I11: a webhook gets every event that it selects, and gets it as it is, unless the event is visibly dead. */
export function deliversAll(view: HistoryView): Violation[] {
  return view.pushes.flatMap((push) => {
    const { taskId, configId, requests } = push;
    const task = view.tasks.get(taskId);
    if (!task || task.error !== undefined) {
      return [];
    }
    const texts = [
      ...missingIn(push, task),
      ...positionOf(push, task),
      ...requests.flatMap((request) => wrongIn(request, task)),
    ];
    return texts.map((text) => ({
      invariant: 'I11',
      taskId,
      text: `webhook ${configId} ${text}`,
    }));
  });
}

/** One that was added later must get what follows the first event that it got. */
function missingIn(push: PushView, { selected }: TaskVersions): string[] {
  const { requests, dumped, isLive } = push;
  if (isGone(push) || mayHaveBegunAgain(push) || (!dumped && !isLive)) {
    return [];
  }
  const got = new Set(requests.filter(isProcessed).map(({ seq }) => seq));
  const from = isLive ? 0 : Math.min(...requests.map(({ seq }) => seq));
  const missing = selected.filter(
    (seq) => seq >= from && !got.has(seq) && !isDead(push, seq),
  );
  const phantom = (dumped?.attempts ?? []).filter(
    ({ seq, outcome }) => outcome === 'delivered' && !got.has(seq),
  );
  return [
    ...missing.map((seq) => `has not got event ${seq}`),
    ...phantom.map(
      ({ seq }) => `has not got event ${seq}, which is noted as delivered`,
    ),
  ];
}

function positionOf(push: PushView, { selected }: TaskVersions): string[] {
  const { dumped, isLive } = push;
  if (!dumped) {
    return isLive ? ['is not in the store'] : [];
  }
  const { state, doneSeq } = dumped;
  if (isGone(push)) {
    return [];
  }
  const last = selected.at(-1) ?? 0;
  return [
    ...(state === 'active' ? [] : [`is ${state}, and nobody asked for that`]),
    ...(doneSeq < last ? [`is done with event ${doneSeq} of ${last}`] : []),
  ];
}

function isGone({ requests }: PushView): boolean {
  return requests.some(({ status }) => status === GONE);
}

function wrongIn(
  { seq, body, startedAt }: WebhookReceived,
  task: TaskVersions,
): string[] {
  const expected = payloadOf(seq, task);
  if (!expected) {
    return [`got event ${seq} at ${startedAt}, which is not for it`];
  }
  return isSameContent(body, expected)
    ? []
    : [`got something else as event ${seq} at ${startedAt}`];
}

/** What is sent for an event: an artifact that came in chunks is whole. */
function payloadOf(
  seq: number,
  task: TaskVersions,
): StreamResponse | undefined {
  const dumped = task.event(seq);
  const event = dumped && toTaskEvent(dumped);
  const after = task.at(seq);
  if (!event || !after || task.selectedBefore(seq + 1) !== seq) {
    return undefined;
  }
  switch (event.kind) {
    case 'statusUpdate':
      return { statusUpdate: event.statusUpdate };
    case 'artifactUpdate':
      return event.artifactUpdate.append
        ? wholeArtifact(event.artifactUpdate.artifact.artifactId, after)
        : { artifactUpdate: event.artifactUpdate };
    case 'artifactEnd':
      return wholeArtifact(event.artifactId, after);
    default:
      return undefined;
  }
}

function wholeArtifact(
  artifactId: string,
  { id, contextId = '', artifacts = [] }: Task,
): StreamResponse | undefined {
  const artifact = artifacts.find((one) => one.artifactId === artifactId);
  return (
    artifact && {
      artifactUpdate: { taskId: id, contextId, artifact, lastChunk: true },
    }
  );
}
