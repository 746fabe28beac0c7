// The JSON of A2A 0.3 over JSON-RPC, told apart by `kind`.

/** What an agent says, in the words of 0.3. */
export function toKinds(value: any): any {
  if (value.task) return toKindTask(value.task);
  if (value.message) return toKindMessage(value.message);
  if (value.statusUpdate) {
    const { status, ...rest } = value.statusUpdate;
    const kind = 'status-update';
    return { kind, ...rest, status: toStatus(status), final: isLast(status) };
  }
  const { artifact, ...rest } = value.artifactUpdate;
  return { kind: 'artifact-update', ...rest, artifact: toArtifact(artifact) };
}

export function toKindTask({ status, artifacts, history, ...rest }: any): any {
  return {
    kind: 'task',
    ...rest,
    status: toStatus(status),
    artifacts: artifacts?.map(toArtifact) ?? null,
    history: history?.map(toKindMessage),
  };
}

/** @throws TypeError for what is no message of 0.3 */
export function fromKindMessage(message: any): any {
  const { kind, role, parts, ...rest } = message;
  if (kind !== 'message' || role !== 'user') {
    throw new TypeError('Not a message of the user');
  }
  return { ...rest, role: 'ROLE_USER', parts: parts.map(fromKindPart) };
}

/** A push configuration of a task. */
export function toKindPush({ taskId, authentication, ...rest }: any): any {
  return {
    taskId,
    pushNotificationConfig: {
      ...rest,
      authentication: authentication && {
        schemes: [authentication.scheme],
        credentials: authentication.credentials,
      },
    },
  };
}

export function fromKindPush({ authentication, ...rest }: any): any {
  const { schemes: [scheme] = [undefined], credentials } = authentication ?? {};
  return {
    ...rest,
    ...(scheme && { authentication: { scheme, credentials } }),
  };
}

function toStatus({ state, message, timestamp }: any): any {
  return {
    state: state.replace('TASK_STATE_', '').toLowerCase().replaceAll('_', '-'),
    message: message && toKindMessage(message),
    // Many leave out the time zone.
    timestamp: timestamp?.replace('Z', ''),
  };
}

function isLast({ state }: any): boolean {
  return /COMPLETED|FAILED|CANCELED|REJECTED|INPUT_REQUIRED/.test(state);
}

function toKindMessage({ role, parts, ...rest }: any): any {
  return {
    kind: 'message',
    ...rest,
    role: role.replace('ROLE_', '').toLowerCase(),
    parts: parts.map(toKindPart),
  };
}

function toArtifact({ parts, ...rest }: any): any {
  return { ...rest, parts: parts.map(toKindPart), name: null };
}

function toKindPart(part: any): any {
  const { text, raw, url, data, mediaType, filename, metadata } = part;
  if (text !== undefined) return { kind: 'text', text, metadata };
  if (data !== undefined) return { kind: 'data', data, metadata };
  const more = { mimeType: mediaType, name: filename };
  const file = raw === undefined ? { uri: url } : { bytes: raw };
  return { kind: 'file', file: { ...file, ...more }, metadata };
}

function fromKindPart({ kind, text, data, file, metadata }: any): any {
  if (kind === 'text') return { text, metadata };
  if (kind === 'data') return { data, metadata };
  const { bytes, uri, mimeType, name } = file;
  const more = { mediaType: mimeType, filename: name, metadata };
  return bytes === undefined ? { url: uri, ...more } : { raw: bytes, ...more };
}
