import { isJsonObject } from '../../validation/json-value.js';
import {
  AGENT_CARD_SHAPE,
  type MemberRule,
  type MessageShape,
} from './agent-card-shape.js';

/**
 * What is left of a card before it is signed. `specified` is what A2A §8.4.1
 * says. `stripped` is what some implementations make of it: nothing empty is
 * left, whether required or not.
 */
export type CardPayloadForm = 'specified' | 'stripped';

/**
 * The content of a card that a signature covers: without `signatures` and
 * without what is the same as nothing. Members that A2A does not know stay.
 */
export function signedContent(
  card: Readonly<Record<string, unknown>>,
  form: CardPayloadForm,
): Record<string, unknown> {
  const { signatures: _signatures, ...rest } = card;
  const content = withoutDefaults(rest, AGENT_CARD_SHAPE);
  const left = form === 'stripped' ? stripped(content) : content;
  return isJsonObject(left) ? left : {};
}

function withoutDefaults(message: unknown, shape: MessageShape): unknown {
  if (!isJsonObject(message)) {
    return message;
  }
  const entries = Object.entries(message).flatMap(([name, value]) => {
    const rule = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (rule === undefined) {
      return value === undefined ? [] : [[name, value]];
    }
    return saysNothing(value, rule) ? [] : [[name, inside(value, rule)]];
  });
  // Unlike an assignment, this makes `__proto__` a key like any other.
  return Object.fromEntries(entries) as unknown;
}

/** `null` is no value at all (ProtoJSON); the default is none either, where the proto cannot tell them apart. */
function saysNothing(value: unknown, { staysEmpty, isMap }: MemberRule) {
  if (value === undefined || value === null) {
    return true;
  }
  const isEmptyList = Array.isArray(value) && value.length === 0;
  const isEmptyMap = isMap && isJsonObject(value) && isEmpty(value);
  return (
    !staysEmpty &&
    (value === '' || value === false || isEmptyList || isEmptyMap)
  );
}

function inside(value: unknown, { shape, isMap }: MemberRule): unknown {
  if (shape === undefined) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) => withoutDefaults(item, shape));
  }
  if (!isMap || !isJsonObject(value)) {
    return withoutDefaults(value, shape);
  }
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    withoutDefaults(item, shape),
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** Without empty texts, lists and objects, at any depth; `undefined` where nothing is left. */
function stripped(value: unknown): unknown {
  if (value === '' || value === null) {
    return undefined;
  }
  if (Array.isArray(value)) {
    const items = value.map(stripped).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (!isJsonObject(value)) {
    return value;
  }
  const entries = Object.entries(value)
    .map(([name, item]) => [name, stripped(item)] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}
