import { type DescMessage, type Message, toJson } from '@bufbuild/protobuf';
import {
  reflect,
  type ReflectList,
  type ReflectMessage,
} from '@bufbuild/protobuf/reflect';
import { type JsonValue } from '../json.js';
import { memberOf } from '../validation/object.js';

/** A message as JSON, `undefined` where a field of it has no JSON form. */
export function jsonOf(
  schema: DescMessage,
  message: Message,
): JsonValue | undefined {
  try {
    return toJson(schema, message);
  } catch {
    return undefined;
  }
}

/**
 * The path of the first field that has no JSON form, such as a number that is
 * none or a time outside of the calendar.
 */
export function fieldWithoutJson(
  schema: DescMessage,
  message: Message,
): string {
  return search(reflect(schema, message), '');
}

function search(message: ReflectMessage, at: string): string {
  if (message.desc.typeName.startsWith('google.protobuf.')) {
    return at;
  }
  for (const field of message.fields.filter((one) => message.isSet(one))) {
    const path = memberOf(at, field.jsonName);
    if (field.fieldKind === 'message') {
      const child = message.get(field);
      if (!hasJson(child)) return search(child, path);
    }
    if (field.fieldKind === 'list' && field.listKind === 'message') {
      const found = searchList(message.get(field), path);
      if (found !== undefined) return found;
    }
  }
  return at;
}

function searchList(list: ReflectList, at: string): string | undefined {
  const children = [...list] as ReflectMessage[];
  const index = children.findIndex((child) => !hasJson(child));
  const child = children[index];
  return child && search(child, `${at}[${index}]`);
}

function hasJson({ desc, message }: ReflectMessage): boolean {
  return jsonOf(desc, message) !== undefined;
}
