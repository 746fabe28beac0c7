import { memberOf } from '../../validation/object.js';
import { toTimestamp } from '../../timestamps.js';
import { given } from '../given.js';
import { firstOf, objectReader, pick, readList } from './members.js';
import { readMessage } from './read-message.js';
import { readPart } from './read-part.js';
import { type V03Reader } from './v03-context.js';

/** A task. */
export const readTask: V03Reader = objectReader((task, at, context) =>
  given({
    ...pick(task, 'id', 'contextId', 'metadata'),
    status: readStatus(
      firstOf(task, 'status'),
      memberOf(at, 'status'),
      context,
    ),
    artifacts: readList(readArtifact, firstOf(task, 'artifacts'), {
      at: memberOf(at, 'artifacts'),
      context,
    }),
    history: readList(readMessage, firstOf(task, 'history'), {
      at: memberOf(at, 'history'),
      context,
    }),
  }),
);

/** An artifact. */
export const readArtifact: V03Reader = objectReader((artifact, at, context) =>
  given({
    ...pick(artifact, 'artifactId', 'name', 'description', 'metadata'),
    ...pick(artifact, 'extensions'),
    parts: readList(readPart, firstOf(artifact, 'parts'), {
      at: memberOf(at, 'parts'),
      context,
    }),
  }),
);

/** The status of a task; the protocol buffers call its message `update`. */
export const readStatus: V03Reader = objectReader((status, at, context) => {
  const message = firstOf(status, 'message', 'update');
  return given({
    state: readState(firstOf(status, 'state')),
    message: readMessage(message, memberOf(at, 'message'), context),
    timestamp: readTimestamp(firstOf(status, 'timestamp')),
  });
});

const RENAMED: Readonly<Record<string, string>> = {
  TASK_STATE_CANCELLED: 'TASK_STATE_CANCELED',
  TASK_STATE_UNKNOWN: 'TASK_STATE_UNSPECIFIED',
};

/** A state that we do not know gets the form of one: the 1.0 parsers keep it in answers. */
function readState(value: unknown): unknown {
  if (typeof value !== 'string') {
    return value;
  }
  const name = value.startsWith('TASK_STATE_')
    ? value
    : `TASK_STATE_${value.toUpperCase().replaceAll('-', '_')}`;
  return RENAMED[name] ?? name;
}

const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$/;
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T[\d:.]{8,18}[+-]\d{2}:\d{2}$/;

/** Times of 0.3 may lack the zone, which is UTC then, or have another; 1.0 knows UTC by `Z` alone. */
function readTimestamp(value: unknown): unknown {
  if (typeof value !== 'string') {
    return value;
  }
  if (WITHOUT_ZONE.test(value)) {
    return `${value}Z`;
  }
  const epochMs = WITH_OFFSET.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(epochMs) ? value : toTimestamp(epochMs);
}
