import { MESSAGE_ROLES } from '../../message/message.js';
import { memberOf } from '../../validation/object.js';
import { JSON_RPC_FORM } from '../form.js';
import { given } from '../given.js';
import { firstOf, objectReader, pick, readList } from './members.js';
import { readPart } from './read-part.js';
import { type V03Context, type V03Reader } from './v03-context.js';

/** A message. */
export const readMessage: V03Reader = objectReader((message, at, context) => {
  const kind = firstOf(message, 'kind') ?? 'message';
  if (kind !== 'message') {
    context.refuse(memberOf(at, 'kind'), 'Must be message');
  }
  return given({
    ...pick(message, 'messageId', 'contextId', 'taskId', 'metadata'),
    ...pick(message, 'extensions', 'referenceTaskIds'),
    role: readRole(firstOf(message, 'role'), memberOf(at, 'role'), context),
    parts: readMessageParts(message, at, context),
  });
});

/** The parts of a message are `parts` in one form and `content` in the other; either is taken for both. */
function readMessageParts(
  message: Record<string, unknown>,
  at: string,
  context: V03Context,
): unknown {
  const { messageParts } = context.form;
  const other = messageParts === 'parts' ? 'content' : 'parts';
  const name =
    firstOf(message, messageParts) === undefined &&
    firstOf(message, other) !== undefined
      ? other
      : messageParts;
  return readList(readPart, firstOf(message, name), {
    at: memberOf(at, name),
    context,
  });
}

const readRole: V03Reader = (value, at, context) => {
  const known = MESSAGE_ROLES.find(
    (role) => role === value || JSON_RPC_FORM.roles[role] === value,
  );
  const isLeft = value === undefined || context.strictness === 'response';
  if (known !== undefined || isLeft || isRoleNumber(value)) {
    return known ?? value;
  }
  const names = Object.values(context.form.roles).join(', ');
  return context.refuse(at, `Must be one of ${names}`);
};

/** ProtoJSON allows the number of an enum; it is the same in both versions. */
function isRoleNumber(value: unknown): boolean {
  return typeof value === 'number' && MESSAGE_ROLES[value - 1] !== undefined;
}
