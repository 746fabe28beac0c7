import { memberOf } from '../../validation/object.js';
import { isJsonObject } from '../../validation/json-value.js';
import { unwrapData } from '../data-part-compat.js';
import { given } from '../given.js';
import { firstOf, objectReader } from './members.js';
import { type V03Context, type V03Reader } from './v03-context.js';

const KINDS = ['text', 'file', 'data'] as const;

type Kind = (typeof KINDS)[number];
type ObjectReader = (
  part: Record<string, unknown>,
  at: string,
  context: V03Context,
) => object | undefined;

const READERS: Readonly<Record<Kind, ObjectReader>> = {
  text: readText,
  file: readFile,
  data: readData,
};

/** A part: by its `kind`, and where it has none by its members. */
export const readPart: V03Reader = objectReader((part, at, context) => {
  const kind = kindOf(part, at, context);
  return kind && READERS[kind](part, at, context);
});

function kindOf(
  part: Record<string, unknown>,
  at: string,
  context: V03Context,
): Kind | undefined {
  const named = firstOf(part, 'kind');
  if (named !== undefined) {
    return (
      KINDS.find((kind) => kind === named) ??
      context.refuse(memberOf(at, 'kind'), `Must be one of ${KINDS.join(', ')}`)
    );
  }
  const present = KINDS.filter((kind) => firstOf(part, kind) !== undefined);
  return present.length === 1
    ? present[0]
    : context.refuse(at, mustBeOneOf(KINDS, present));
}

function mustBeOneOf(
  names: readonly string[],
  present: readonly string[],
): string {
  const found = present.join(' and ') || 'none';
  return `Must have exactly one of ${names.join(', ')}; got ${found}`;
}

function readText(
  part: Record<string, unknown>,
  at: string,
  context: V03Context,
): object | undefined {
  const text = firstOf(part, 'text');
  return text === undefined
    ? context.refuse(memberOf(at, 'text'), 'Is required')
    : given({ text, metadata: firstOf(part, 'metadata') });
}

function readFile(
  part: Record<string, unknown>,
  at: string,
  context: V03Context,
): object | undefined {
  const file = firstOf(part, 'file');
  if (!isJsonObject(file)) {
    return context.refuse(memberOf(at, 'file'), 'Must be an object');
  }
  const raw = firstOf(file, 'bytes', 'fileWithBytes');
  const url = firstOf(file, 'uri', 'fileWithUri');
  if ((raw === undefined) === (url === undefined)) {
    const { bytes, uri } = context.form;
    const present = raw === undefined ? [] : [bytes, uri];
    return context.refuse(
      memberOf(at, 'file'),
      mustBeOneOf([bytes, uri], present),
    );
  }
  return given({
    raw,
    url,
    mediaType: firstOf(file, 'mimeType'),
    filename: firstOf(file, 'name'),
    metadata: firstOf(part, 'metadata'),
  });
}

function readData(
  part: Record<string, unknown>,
  at: string,
  context: V03Context,
): object | undefined {
  const data = dataOf(part, context);
  return data === undefined
    ? context.refuse(memberOf(at, 'data'), 'Is required')
    : unwrapData(data, firstOf(part, 'metadata'));
}

/** The protocol buffers have a message `DataPart` between the part and its data. */
function dataOf(part: Record<string, unknown>, { form }: V03Context): unknown {
  const data = Object.hasOwn(part, 'data') ? part.data : undefined;
  const isBetween =
    !form.hasKinds &&
    firstOf(part, 'kind') === undefined &&
    isJsonObject(data) &&
    Object.hasOwn(data, 'data');
  return isBetween ? data.data : data;
}
