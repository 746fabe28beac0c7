import { SendMessageRequest, Task } from '@a2a-js/sdk';
import { RequestContext, ServerCallContext } from '@a2a-js/sdk/server';
import { type TaskContext } from '../workers/task-context.js';

/** What an executor is told of a turn. */
export function requestContextOf(context: TaskContext): RequestContext {
  const { taskId, contextId, message, metadata, tenant, principal } = context;
  const request = SendMessageRequest.fromJSON({
    message: { ...message, taskId, contextId },
    metadata,
    ...(tenant !== '' && { tenant }),
  });
  const call = new ServerCallContext({
    requestedExtensions: [...context.extensions],
    user: { isAuthenticated: principal !== '', userName: principal },
    requestedVersion: '1.0',
    ...(tenant !== '' && { tenant }),
  });
  return new RequestContext(
    request,
    taskId,
    contextId,
    call,
    earlierTask(context),
  );
}

/** The task as it was before the message; `undefined` where the message begins it. */
function earlierTask(context: TaskContext): Task | undefined {
  const { taskId: id, contextId, history, previousArtifacts } = context;
  return history.length === 0
    ? undefined
    : Task.fromJSON({
        id,
        contextId,
        status: { state: 'TASK_STATE_WORKING' },
        history,
        artifacts: previousArtifacts,
      });
}
