import {
  type ContextStore,
  type PushFence,
  type PushLedger,
  type Runtime,
  type Seq,
  type TaskLog,
  type TaskStore,
  type WorkLedger,
} from '@nest-a2a/store';
import { withMethods } from '../with-methods.js';
import { type Failpoints } from './failpoints.js';
import { isEnding, PassageIds } from './passage.js';

/**
 * The same runtime, with the failpoints around the calls of its store. Only the
 * ports are touched, so the code that runs is the code that ships.
 */
export function withFailpoints(
  runtime: Runtime,
  failpoints: Failpoints,
): Runtime {
  return {
    ...runtime,
    open: async (options) => {
      const opened = await runtime.open(options);
      return { ...opened, store: guardStore(opened.store, failpoints) };
    },
  };
}

function guardStore(store: TaskStore, failpoints: Failpoints): TaskStore {
  const ids = new PassageIds();
  return withMethods(store, {
    log: guardLog(store.log, { failpoints, ids }),
    work: guardWork(store.work, { failpoints, ids }),
    push: guardPush(store.push, { failpoints, ids }),
    contexts: guardContexts(store.contexts, failpoints),
  });
}

interface Guard {
  readonly failpoints: Failpoints;
  readonly ids: PassageIds;
}

function guardLog(log: TaskLog, { failpoints, ids }: Guard): TaskLog {
  return withMethods(log, {
    create: async (command, context) => {
      const { taskId, contextId, events } = command;
      ids.learn(taskId, contextId);
      const passage = {
        ids: [taskId, contextId],
        terminal: isEnding(events),
        at: 0,
      };
      await failpoints.pass('create.before_tx', passage);
      const accepted = await log.create(command, context);
      await failpoints.pass('create.after_commit', passage);
      return accepted;
    },
    append: async (command, context) => {
      const { taskId, events, expectedVersion } = command;
      const passage = {
        ids: ids.of(taskId),
        terminal: isEnding(events),
        at: expectedVersion,
      };
      await failpoints.pass('append.before_tx', passage);
      const accepted = await log.append(command, context);
      await failpoints.pass('append.after_commit', passage);
      return accepted;
    },
    load: async (taskId, options, context) => {
      const record = await log.load(taskId, options, context);
      ids.learn(taskId, record?.task.contextId);
      const at = record?.version ?? 0;
      const passage = { ids: ids.of(taskId), terminal: false, at };
      await failpoints.pass('sse.after_snapshot', passage);
      return record;
    },
  });
}

function guardWork(work: WorkLedger, { failpoints, ids }: Guard): WorkLedger {
  const about = (...taskIds: readonly string[]) => ({
    ids: taskIds.flatMap((taskId) => ids.of(taskId)),
    terminal: false,
    at: 0,
  });
  return withMethods(work, {
    claim: async (command) => {
      const claims = await work.claim(command);
      claims.forEach(({ record: { task } }) =>
        ids.learn(task.id, task.contextId),
      );
      const taskIds = claims.map(({ fence }) => fence.taskId);
      if (taskIds.length > 0) {
        await failpoints.pass('claim.after_commit', about(...taskIds));
      }
      return claims;
    },
    renew: async (command) => {
      const taskIds = command.fences.map(({ taskId }) => taskId);
      await failpoints.pass('renew.before', about(...taskIds));
      return work.renew(command);
    },
    release: async (fence) => {
      await work.release(fence);
      await failpoints.pass('drain.after_release', about(fence.taskId));
    },
    requestCancel: async (taskId, context) => {
      const answer = await work.requestCancel(taskId, context);
      await failpoints.pass('cancel.after_flag', about(taskId));
      return answer;
    },
    fenceOut: async (command) => {
      const answer = await work.fenceOut(command);
      await failpoints.pass('fenceout.after_commit', about(command.taskId));
      return answer;
    },
  });
}

function guardPush(push: PushLedger, { failpoints, ids }: Guard): PushLedger {
  const about = ({ taskId, configId }: PushFence, at: Seq) => ({
    ids: [configId, ...ids.of(taskId)],
    terminal: false,
    at,
  });
  return withMethods(push, {
    claimDue: async (command) => {
      const due = await push.claimDue(command);
      for (const { fence, config } of due) {
        const passage = about(fence, config.cursor + 1);
        await failpoints.pass('push.after_claim', passage);
      }
      return due;
    },
    succeed: async (fence, result) => {
      // Nothing was sent where there was no attempt.
      const wasSent = result.attempt !== undefined;
      const passage = about(fence, result.upTo);
      if (wasSent) await failpoints.pass('push.after_send', passage);
      const settled = await push.succeed(fence, result);
      if (wasSent) await failpoints.pass('push.after_commit', passage);
      return settled;
    },
  });
}

function guardContexts(
  contexts: ContextStore,
  failpoints: Failpoints,
): ContextStore {
  return withMethods(contexts, {
    put: async (scope, command) => {
      const { contextId, fence, expectedVersion } = command;
      const ids = fence ? [fence.taskId, contextId] : [contextId];
      const passage = { ids, terminal: false, at: expectedVersion };
      await failpoints.pass('context.before_tx', passage);
      const stored = await contexts.put(scope, command);
      await failpoints.pass('context.after_commit', passage);
      return stored;
    },
  });
}
