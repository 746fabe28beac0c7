import {
  invalidParam,
  type ListTaskPushNotificationConfigsRequest,
  type ListTaskPushNotificationConfigsResponse,
  type RequestOf,
  taskNotFound,
  type TaskPushNotificationConfig,
  type TaskPushNotificationConfigRequest,
} from '@nest-a2a/protocol';
import {
  isStoreError,
  type OpenRuntime,
  type TaskStore,
} from '@nest-a2a/store';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { PushConfigurations } from '../push/push-configurations.service.js';
import { PushRefusals } from '../push/push-refusals.service.js';
import { OPEN_RUNTIME } from '../runtime/runtime.tokens.js';
import { type Call, contextOf } from './call.js';

/** The four operations on push notification configurations (A2A §3.1.7–§3.1.10). */
@Injectable()
export class PushConfigOperations {
  private readonly store: TaskStore;

  constructor(
    @Inject(OPEN_RUNTIME) { store }: OpenRuntime,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(PushConfigurations)
    private readonly configurations: PushConfigurations,
    @Inject(PushRefusals) private readonly refusals: PushRefusals,
  ) {
    this.store = store;
  }

  /** @throws A2AError `TASK_NOT_FOUND`, `INVALID_PARAMS` */
  async create(
    request: RequestOf['CreateTaskPushNotificationConfig'],
    call: Call,
  ): Promise<TaskPushNotificationConfig> {
    const { taskId } = request;
    await this.assertTask(taskId, call);
    const { protocolVersion, extensions, scope } = call;
    const { tenant } = scope;
    const origin = { taskId, tenant, protocolVersion, at: '', extensions };
    try {
      return await this.configurations.create(request, origin, contextOf(call));
    } catch (error) {
      const refused = { scope, config: 'taskId', url: 'url' };
      throw (
        this.refusals.toA2AError(error, refused) ??
        this.translate(error, taskId)
      );
    }
  }

  /** @throws A2AError `TASK_NOT_FOUND` also where only the configuration is not there */
  async get(
    { taskId, id }: TaskPushNotificationConfigRequest,
    call: Call,
  ): Promise<TaskPushNotificationConfig> {
    await this.assertTask(taskId, call);
    return this.configurations.get(taskId, id, contextOf(call));
  }

  /** @throws A2AError `TASK_NOT_FOUND`, `INVALID_PARAMS` */
  async list(
    { taskId, pageSize, pageToken }: ListTaskPushNotificationConfigsRequest,
    call: Call,
  ): Promise<ListTaskPushNotificationConfigsResponse> {
    await this.assertTask(taskId, call);
    const query = {
      taskId,
      pageSize: pageSize ?? this.options.limits.pageSize,
      ...(pageToken !== undefined && { pageToken }),
    };
    try {
      const page = await this.configurations.list(query, contextOf(call));
      return { configs: [...page.items], nextPageToken: page.nextPageToken };
    } catch (error) {
      throw this.translate(error, taskId);
    }
  }

  /** Also a success where it was deleted before. @throws A2AError `TASK_NOT_FOUND` */
  async delete(
    { taskId, id }: TaskPushNotificationConfigRequest,
    call: Call,
  ): Promise<Record<string, never>> {
    await this.assertTask(taskId, call);
    await this.store.push.remove(taskId, id, contextOf(call));
    return {};
  }

  private async assertTask(taskId: string, call: Call): Promise<void> {
    const options = { historyLength: 0, includeArtifacts: false };
    const { log } = this.store;
    const record = await log.load(taskId, options, contextOf(call));
    if (!record?.isAnnounced) {
      throw taskNotFound(taskId);
    }
  }

  private translate(error: unknown, taskId: string): unknown {
    if (isStoreError(error, 'TASK_NOT_FOUND')) {
      return taskNotFound(taskId);
    }
    return isStoreError(error, 'INVALID_PAGE_TOKEN')
      ? invalidParam('pageToken', 'Must be the nextPageToken of a page')
      : error;
  }
}
