import { type Artifact, type Task, type TaskStatus } from '../../task/task.js';
import { type V03Form } from '../form.js';
import { kind, writeMessage, writeParts } from './write-message.js';

/** A task. 0.3 wants it to have a context always. */
export function writeTask(task: Task, form: V03Form): object {
  const { contextId = '', status, artifacts, history, ...rest } = task;
  return {
    ...kind(form, 'task'),
    ...rest,
    contextId,
    status: writeStatus(status, form),
    ...(artifacts && {
      artifacts: artifacts.map((artifact) => writeArtifact(artifact, form)),
    }),
    ...(history && {
      history: history.map((message) => writeMessage(message, form)),
    }),
  };
}

/** The status of a task. */
export function writeStatus(status: TaskStatus, form: V03Form): object {
  const { state, message, ...rest } = status;
  return {
    state: form.states[state],
    ...(message && { message: writeMessage(message, form) }),
    ...rest,
  };
}

/** An artifact. */
export function writeArtifact(artifact: Artifact, form: V03Form): object {
  return { ...artifact, parts: writeParts(artifact.parts, form) };
}
