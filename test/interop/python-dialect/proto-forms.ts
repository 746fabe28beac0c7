// The JSON of the protocol buffers of A2A 0.3, over HTTP+JSON.
import { type Manners } from './manners.js';

/** What an agent says, in the words of the protocol buffers of 0.3. */
export function toProto(value: any, manners: Manners): any {
  return named(toProtoValue(value, manners.message), manners);
}

export function toProtoTask(task: any, manners: Manners): any {
  return named(toTask(task), manners);
}

export function toProtoPush({ taskId, ...config }: any, manners: Manners): any {
  const { authentication, ...rest } = config;
  const pushNotificationConfig = {
    ...rest,
    authentication: authentication && {
      schemes: [authentication.scheme],
      credentials: authentication.credentials ?? '',
    },
  };
  const name = `tasks/${taskId}/pushNotificationConfigs/${config.id}`;
  return named({ name, pushNotificationConfig }, manners);
}

/** @throws TypeError for what is no message of 0.3 */
export function fromProtoMessage(written: any): any {
  const { role, content, kind, parts, ...rest } = camel(written);
  if (role !== 'ROLE_USER' || kind || parts || !Array.isArray(content)) {
    throw new TypeError('Not a message of the user');
  }
  return { ...rest, role, parts: content.map(fromProtoPart) };
}

/** Names of both kinds are read. */
export function camel(value: any): any {
  return renamed(value, (name) =>
    name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
  );
}

function toProtoValue(value: any, message: string): any {
  if (value.task) return { task: toTask(value.task) };
  if (value.message) return { [message]: toMessage(value.message) };
  if (value.statusUpdate) {
    const { status, ...rest } = value.statusUpdate;
    return { statusUpdate: { ...rest, status: toStatus(status) } };
  }
  return value;
}

function toTask({ status, history = [], artifacts = [], ...rest }: any): any {
  return {
    ...rest,
    status: toStatus(status),
    history: history.map(toMessage),
    artifacts: artifacts.map(toArtifact),
  };
}

function toStatus({ state, message, timestamp }: any): any {
  return {
    state: state === 'TASK_STATE_CANCELED' ? 'TASK_STATE_CANCELLED' : state,
    timestamp,
    ...(message && { message: toMessage(message) }),
  };
}

function toMessage({ parts, ...rest }: any): any {
  return { ...rest, content: parts.map(toProtoPart) };
}

function toArtifact({ parts, ...rest }: any): any {
  return { ...rest, parts: parts.map(toProtoPart) };
}

function toProtoPart(part: any): any {
  const { raw, url, data, mediaType, filename } = part;
  if (data !== undefined) return { data: { data } };
  if (raw === undefined && url === undefined) return part;
  const file =
    raw === undefined ? { fileWithUri: url } : { fileWithBytes: raw };
  return { file: { ...file, mimeType: mediaType, name: filename } };
}

function fromProtoPart({ text, file, data }: any): any {
  if (text !== undefined) return { text };
  if (data !== undefined) return { data: data.data };
  const { fileWithUri, fileWithBytes, mimeType, name } = file;
  const more = { mediaType: mimeType, filename: name };
  return fileWithBytes === undefined
    ? { url: fileWithUri, ...more }
    : { raw: fileWithBytes, ...more };
}

function named(value: any, { names }: Manners): any {
  if (names === 'camel') return value;
  return renamed(value, (name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}

/** Values of users keep their names. */
const FREE = ['metadata', 'data'];

function renamed(value: any, rename: (name: string) => string): any {
  if (Array.isArray(value)) return value.map((one) => renamed(one, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      rename(name),
      FREE.includes(name) ? member : renamed(member, rename),
    ]),
  );
}
