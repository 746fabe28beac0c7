import { type Message, type Part } from '@nest-a2a/protocol';

/** A message, of which only the parts are needed: the rest is filled in. */
export type MessageInput = Partial<Message> & Pick<Message, 'parts'>;

/** What can be sent: a text, the parts of a message, or a message. */
export type SendInput = string | readonly Part[] | MessageInput;

/** What is sent, in the form of a message. */
export function toMessageInput(input: SendInput): MessageInput {
  if (typeof input === 'string') {
    return { parts: [{ text: input }] };
  }
  return isParts(input) ? { parts: [...input] } : input;
}

// `Array.isArray` does not narrow a union with a readonly list.
function isParts(input: object): input is readonly Part[] {
  return Array.isArray(input);
}
