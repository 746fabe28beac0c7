import { memberOf } from '../../validation/object.js';
import { given } from '../given.js';
import { firstOf, objectReader, pick } from './members.js';
import { readMessage } from './read-message.js';
import { readArtifact, readStatus, readTask } from './read-task.js';
import { type V03Context, type V03Reader } from './v03-context.js';

const readStatusUpdate: V03Reader = objectReader((event, at, context) =>
  given({
    ...pick(event, 'taskId', 'contextId', 'metadata'),
    status: readStatus(
      firstOf(event, 'status'),
      memberOf(at, 'status'),
      context,
    ),
  }),
);

const readArtifactUpdate: V03Reader = objectReader((event, at, context) =>
  given({
    ...pick(event, 'taskId', 'contextId', 'append', 'lastChunk', 'metadata'),
    artifact: readArtifact(
      firstOf(event, 'artifact'),
      memberOf(at, 'artifact'),
      context,
    ),
  }),
);

interface EventForm {
  /** The member of 1.0, and of the protocol buffers of 0.3. */
  name: string;
  /** Other names of the same member. */
  aliases: readonly string[];
  kind: string;
  /** What only this kind of object has, of those that are not before it. */
  telltale: string;
  read: V03Reader;
}

const FORMS: readonly EventForm[] = [
  {
    name: 'artifactUpdate',
    aliases: [],
    kind: 'artifact-update',
    telltale: 'artifact',
    read: readArtifactUpdate,
  },
  {
    name: 'task',
    aliases: [],
    kind: 'task',
    telltale: 'id',
    read: readTask,
  },
  {
    name: 'statusUpdate',
    aliases: [],
    kind: 'status-update',
    telltale: 'status',
    read: readStatusUpdate,
  },
  {
    name: 'message',
    aliases: ['msg'],
    kind: 'message',
    telltale: 'messageId',
    read: readMessage,
  },
];

const KINDS = FORMS.map(({ kind }) => kind);

/**
 * An event of a stream, or the answer to a message: told by its `kind`, else by
 * the member that wraps it, else by what it looks like.
 */
export const readEvent: V03Reader = objectReader((event, at, context) => {
  const kind = firstOf(event, 'kind');
  if (kind === undefined) {
    return readWrapped(event, at, context) ?? readBare(event, at, context);
  }
  const form = FORMS.find((known) => known.kind === kind);
  return form
    ? { [form.name]: form.read(event, at, context) }
    : context.refuse(
        memberOf(at, 'kind'),
        `Must be one of ${KINDS.join(', ')}`,
      );
});

type ObjectReader = (
  event: Record<string, unknown>,
  at: string,
  context: V03Context,
) => object | undefined;

/** Several members are for the 1.0 parser to refuse. */
const readWrapped: ObjectReader = (event, at, context) => {
  const wrapped: Record<string, unknown> = {};
  for (const { name, aliases, read } of FORMS) {
    const value = firstOf(event, name, ...aliases);
    if (value !== undefined) {
      wrapped[name] = read(value, memberOf(at, name), context);
    }
  }
  return Object.keys(wrapped).length > 0 ? wrapped : undefined;
};

const readBare: ObjectReader = (event, at, context) => {
  const form = FORMS.find((known) => firstOf(event, known.telltale));
  return form ? { [form.name]: form.read(event, at, context) } : event;
};
