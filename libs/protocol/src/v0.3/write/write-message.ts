import { type Message } from '../../message/message.js';
import { type Part } from '../../message/part.js';
import { wrapData } from '../data-part-compat.js';
import { type V03Form } from '../form.js';

/** The `kind` member, in the form that has it. */
export function kind(form: V03Form, name: string): { kind?: string } {
  return form.hasKinds ? { kind: name } : {};
}

/** A message. The protocol buffers of 0.3 have no place for the tasks it refers to. */
export function writeMessage(message: Message, form: V03Form): object {
  const { parts, role, referenceTaskIds, ...rest } = message;
  return {
    ...kind(form, 'message'),
    ...rest,
    role: form.roles[role],
    [form.messageParts]: writeParts(parts, form),
    ...(form.hasKinds && referenceTaskIds && { referenceTaskIds }),
  };
}

/** The parts of a message or an artifact. */
export function writeParts(parts: readonly Part[], form: V03Form): object[] {
  return parts.map((part) => writePart(part, form));
}

function writePart(part: Part, form: V03Form): object {
  const { metadata } = part;
  const more = metadata && { metadata };
  if ('text' in part) {
    return { ...kind(form, 'text'), text: part.text, ...more };
  }
  if ('data' in part) {
    const { data, ...marks } = wrapData(part.data, metadata);
    const content = form.hasKinds ? data : { data };
    return { ...kind(form, 'data'), data: content, ...marks };
  }
  const content =
    'raw' in part ? { [form.bytes]: part.raw } : { [form.uri]: part.url };
  return { ...kind(form, 'file'), file: writeFile(part, content), ...more };
}

function writeFile({ filename, mediaType }: Part, content: object): object {
  return {
    ...content,
    ...(mediaType !== undefined && { mimeType: mediaType }),
    ...(filename !== undefined && { name: filename }),
  };
}
