import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A field as it is in the bytes. */
export interface WireField {
  number: number;
  /** `message`, or the kind of scalar; an enum is an int32. */
  kind: string;
  label: 'singular' | 'optional' | 'repeated' | 'map' | 'oneof';
  /** The name of the message, where it is one. */
  message?: string | undefined;
}

/** Messages by their name, their fields by their name in camelCase. */
export type WireMessages = Record<string, Record<string, WireField>>;

const folder = dirname(require.resolve('@a2a-js/sdk'));
const CODEC = /^var (\w+) = \{\n {2}encode\(([\s\S]*?)^ {2}\},/gm;

/** What the official SDK writes, read from its generated encoders. */
export function sdkMessages(file: string): WireMessages {
  const text = readFileSync(join(folder, file), 'utf8');
  return Object.fromEntries(
    [...text.matchAll(CODEC)].map(([, name = '', body = '']) => [
      plainName(name),
      fieldsOf(body),
    ]),
  );
}

/** A bundler numbers what it finds twice. */
function plainName(name: string): string {
  return name.replace(/\d+$/, '');
}

const BEGIN =
  /case "(?<oneof>\w+)"|for \(const v of message\.(?<repeated>\w+)\)|Object\.entries\(message\.(?<map>\w+)\)|if \(message\.(?<singular>\w+) !== (?<unset>[^)]+)\)/;

function fieldsOf(body: string): Record<string, WireField> {
  const fields: Record<string, WireField> = {};
  let name = '';
  let label: WireField['label'] = 'singular';
  let message: string | undefined;
  let unset: string | undefined;
  for (const line of body.split('\n')) {
    const begin = BEGIN.exec(line)?.groups;
    if (begin) {
      const [kind, found] = ['oneof', 'repeated', 'map', 'singular']
        .map((key) => [key, begin[key]] as const)
        .find(([, value]) => value !== undefined) ?? ['singular', ''];
      name = found ?? '';
      label = kind as WireField['label'];
      unset = begin.unset;
      message = undefined;
    }
    message = /(\w+)\.encode\(/.exec(line)?.[1] ?? message;
    const tag = /writer\.uint32\((\d+)\)\.(\w+)\(/.exec(line);
    if (!tag) continue;
    const number = Number(tag[1]) >>> 3;
    const kind = tag[2] === 'fork' ? 'message' : (tag[2] ?? '');
    const isOptional = kind !== 'message' && unset === 'void 0';
    fields[name] = {
      number,
      kind,
      label: label === 'singular' && isOptional ? 'optional' : label,
      ...(kind === 'message' && message && { message: plainName(message) }),
    };
  }
  return fields;
}

/** The procedures of the SDK's service: path, request, answer, whether it streams. */
export function sdkProcedures(file: string): string[][] {
  const text = readFileSync(join(folder, file), 'utf8');
  const entry =
    /path: "(\S+)",\s+requestStream: false,\s+responseStream: (\w+),[\s\S]*?requestDeserialize: \(value\) => (\w+)\.decode[\s\S]*?responseDeserialize: \(value\) => (\w+)\.decode/g;
  return [...text.matchAll(entry)].map(
    ([, path = '', streams = '', input = '', output = '']) => [
      path,
      plainName(input),
      plainName(output),
      streams,
    ],
  );
}
