import {
  newId,
  parseWebhookChoice,
  type ProtocolVersion,
  type TaskPushNotificationConfig,
  taskNotFound,
  type WebhookChoice,
} from '@nest-a2a/protocol';
import {
  type CallContext,
  type OriginLimits,
  type PushConfig,
  type PushRegistration,
  type PushSelect,
  type Page,
  type TaskStore,
  type WakeBus,
} from '@nest-a2a/store';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { TASK_STORE, WAKE_BUS } from '../runtime/runtime.tokens.js';
import { AlarmLog } from '../hooks/alarm-log.js';
import { egressPolicyOf } from './egress-policy.js';
import {
  type PushTarget,
  SecretBox,
  UnopenedSecretError,
} from './secret-box.js';
import { assertAllowedTarget } from './push-target-rules.js';

const MINUTE_MS = 60_000;

/** Where a configuration comes from. */
export interface PushOrigin {
  readonly taskId: string;
  readonly tenant: string;
  readonly protocolVersion: ProtocolVersion;
  /** Path of the configuration in the request, for errors: empty, or ending in a dot. */
  readonly at: string;
  /** The extensions that are active: a client may choose with one of them. */
  readonly extensions: readonly string[];
}

/** The push notification configurations of tasks, with their secrets in the clear only in here. */
@Injectable()
export class PushConfigurations {
  private readonly alarms: AlarmLog;
  private readonly box: SecretBox;

  constructor(
    @Inject(TASK_STORE) private readonly store: TaskStore,
    @Inject(WAKE_BUS) private readonly wake: WakeBus,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.box = new SecretBox(options.push.encryptionKey);
    this.alarms = new AlarmLog(new Logger('A2APush'), () => store.now());
  }

  /**
   * Checks a configuration and seals it, ready to be stored with its task.
   *
   * @throws A2AError `INVALID_PARAMS`
   */
  prepare(
    config: TaskPushNotificationConfig,
    { taskId, tenant, protocolVersion, at, extensions }: PushOrigin,
  ): PushRegistration {
    const policy = egressPolicyOf(this.options.push, tenant);
    const { href, origin } = assertAllowedTarget(config, policy, at);
    const id = config.id ?? newId();
    const { select = this.options.push.select, coalesce } =
      webhookChoice(extensions);
    const target: PushTarget = {
      url: href,
      ...(config.token !== undefined && { token: config.token }),
      ...(config.authentication && { authentication: config.authentication }),
      ...(coalesce !== undefined && { coalesce }),
    };
    return {
      config: {
        id,
        protocolVersion,
        select: selectFor(protocolVersion, select),
        origin,
        sealed: this.box.seal(target, sealName(taskId, id)),
      },
      maxPerTask: this.options.limits.pushConfigsPerTask,
      origins: originLimits(this.options.push),
    };
  }

  /** Where to deliver. @throws UnopenedSecretError where no key opens it; names the webhook and nothing of what is in it */
  target(config: PushConfig): PushTarget {
    const { sealed, taskId, id } = config;
    try {
      return this.box.open(sealed, sealName(taskId, id)) as PushTarget;
    } catch (cause) {
      throw new UnopenedSecretError(
        `Webhook ${id} of task ${taskId} was sealed with another key: was push.encryptionKey changed?`,
        { cause },
      );
    }
  }

  /** Stores a configuration for later updates of a task. @throws A2AError, StoreError */
  async create(
    config: TaskPushNotificationConfig,
    origin: PushOrigin,
    context: CallContext,
  ): Promise<TaskPushNotificationConfig> {
    const registration = this.prepare(config, origin);
    const stored = await this.store.push.put(
      { ...registration, taskId: origin.taskId },
      context,
    );
    // One that takes the place of another takes on what that has not delivered.
    this.wake.ring(['push']);
    return this.present(stored);
  }

  /** @throws A2AError `TASK_NOT_FOUND` also where only the configuration is not there (A2A §3.1.8) */
  async get(
    taskId: string,
    configId: string,
    context: CallContext,
  ): Promise<TaskPushNotificationConfig> {
    const config = await this.store.push.get(taskId, configId, context);
    if (!config) {
      throw taskNotFound(taskId);
    }
    return this.present(config);
  }

  /**
   * One page of the configurations of a task. One that no key opens is left out,
   * and logged: there is no URL to show, and the others have nothing to do with it.
   */
  async list(
    query: { taskId: string; pageSize: number; pageToken?: string },
    context: CallContext,
  ): Promise<Page<TaskPushNotificationConfig>> {
    const page = await this.store.push.list(query, context);
    return {
      ...page,
      items: page.items.flatMap((item) => this.tryPresent(item)),
    };
  }

  private tryPresent(config: PushConfig): TaskPushNotificationConfig[] {
    try {
      return [this.present(config)];
    } catch (error) {
      if (!(error instanceof UnopenedSecretError)) {
        throw error;
      }
      this.alarms.error(error.code, `${error.message} Lists leave it out.`);
      return [];
    }
  }

  /** What the owner gets to see. Clients compare secrets, so they see them too unless the operator says no. */
  private present(config: PushConfig): TaskPushNotificationConfig {
    const { url, token, authentication } = this.target(config);
    const { id, taskId } = config;
    if (!this.options.push.redactSecrets) {
      return {
        id,
        taskId,
        url,
        ...(token !== undefined && { token }),
        ...(authentication && { authentication }),
      };
    }
    const scheme = authentication && {
      authentication: { scheme: authentication.scheme },
    };
    return { id, taskId, url, ...scheme };
  }
}

function originLimits({
  maxOrigins,
  newOriginsPerMinute,
}: ResolvedOptions['push']): OriginLimits {
  return {
    max: maxOrigins === false ? Infinity : maxOrigins,
    maxNew: newOriginsPerMinute === false ? Infinity : newOriginsPerMinute,
    newWithinMs: MINUTE_MS,
  };
}

/** What a client has chosen by extensions; of several the last counts. */
function webhookChoice(extensions: readonly string[]): WebhookChoice {
  const choices = extensions.map((uri) => parseWebhookChoice(uri) ?? {});
  return Object.assign({}, ...choices) as WebhookChoice;
}

/** Task and configuration: their ids are not unique one without the other. */
function sealName(taskId: string, configId: string): string {
  return JSON.stringify([taskId, configId]);
}

/** A webhook of 0.3 gets whole tasks: an artifact is in the next of them anyway. */
function selectFor(version: ProtocolVersion, select: PushSelect): PushSelect {
  return version === '0.3' && select !== 'terminal' ? 'status' : select;
}
