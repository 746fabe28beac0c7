import { type Operation } from '../operations/operation.js';

/** Patterns of 1.0 field paths, and what they are in 0.3; the first that fits counts. */
export type FieldNames = readonly (readonly [pattern: RegExp, name: string])[];

/** What a field of a request is called, by operation; fields that are not named keep their name. */
export function fieldNamer(
  names: Readonly<Partial<Record<Operation, FieldNames>>>,
): (operation: Operation, path: string) => string {
  return (operation, path) => {
    const found = names[operation]?.find(([pattern]) => pattern.test(path));
    return found ? path.replace(found[0], found[1]) : path;
  };
}

/** The fields of a message, whose parts are called so. */
export function messageFields(
  parts: string,
  { bytes, uri }: { bytes: string; uri: string },
): FieldNames {
  const part = '^message\\.parts\\[(\\d+)\\]';
  const at = `message.${parts}[$1]`;
  return [
    [new RegExp(`${part}\\.raw$`), `${at}.file.${bytes}`],
    [new RegExp(`${part}\\.url$`), `${at}.file.${uri}`],
    [new RegExp(`${part}\\.mediaType$`), `${at}.file.mimeType`],
    [new RegExp(`${part}\\.filename$`), `${at}.file.name`],
    [/^message\.parts(?=$|\[)/, `message.${parts}`],
  ];
}

/** The fields of a push notification configuration that is at one place in 1.0 and at another in 0.3. */
export function pushConfigFields(from: string, to: string): FieldNames {
  const prefix = from === '' ? '' : `${from.replaceAll('.', '\\.')}\\.`;
  return [
    [
      new RegExp(`^${prefix}authentication\\.scheme$`),
      `${to}.authentication.schemes[0]`,
    ],
    [
      new RegExp(`^${prefix}(id|url|token|authentication)(?=$|\\.)`),
      `${to}.$1`,
    ],
    ...(from === ''
      ? []
      : [[new RegExp(`^${prefix.slice(0, -2)}$`), to] as const]),
  ];
}
