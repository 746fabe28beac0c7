import { type StreamResponse } from '../../task/stream-response.js';
import { type V03EventInfo } from '../dialect.js';
import { type V03Form } from '../form.js';
import { kind, writeMessage } from './write-message.js';
import { writeArtifact, writeStatus, writeTask } from './write-task.js';

/** An event, told by its `kind` or by the member it is in. */
export function writeEvent(
  event: StreamResponse,
  { isLast }: V03EventInfo,
  form: V03Form,
): object {
  const [name, content] = contentOf(event, isLast, form);
  return form.hasKinds ? content : { [name]: content };
}

function contentOf(
  event: StreamResponse,
  isLast: boolean,
  form: V03Form,
): [name: string, content: object] {
  if ('task' in event) {
    return ['task', writeTask(event.task, form)];
  }
  if ('message' in event) {
    return ['message', writeMessage(event.message, form)];
  }
  if ('statusUpdate' in event) {
    const { status, ...rest } = event.statusUpdate;
    const written = { ...rest, status: writeStatus(status, form) };
    const content = {
      ...kind(form, 'status-update'),
      ...written,
      final: isLast,
    };
    return ['statusUpdate', content];
  }
  const { artifact, ...rest } = event.artifactUpdate;
  const written = { ...rest, artifact: writeArtifact(artifact, form) };
  return ['artifactUpdate', { ...kind(form, 'artifact-update'), ...written }];
}
