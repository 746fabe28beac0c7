import { A2AError, invalidParam } from '@nest-a2a/protocol';
import { isStoreError, type Scope, type TaskStore } from '@nest-a2a/store';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { TASK_STORE } from '../runtime/runtime.tokens.js';
import { AlarmLog } from '../hooks/alarm-log.js';

/** For so long an origin is a new one. */
const NEW_ORIGIN_SECONDS = 60;

/** Whose webhook was refused, and where it stands in the request. */
export interface RefusedWebhook {
  readonly scope: Pick<Scope, 'agent' | 'tenant'>;
  /** The field that says which task gets one more. */
  readonly config: string;
  readonly url: string;
}

/** What is said where the store refuses a webhook for those that there are already. */
@Injectable()
export class PushRefusals {
  private readonly alarms: AlarmLog;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(TASK_STORE) store: TaskStore,
  ) {
    this.alarms = new AlarmLog(new Logger('A2APush'), () => store.now());
  }

  /** The error for the client; `undefined` where it was something else. Operators hear of the limits that are for tenants. */
  toA2AError(error: unknown, refused: RefusedWebhook): A2AError | undefined {
    const { limits, push } = this.options;
    if (isStoreError(error, 'TOO_MANY_PUSH_CONFIGS')) {
      const most = limits.pushConfigsPerTask;
      return invalidParam(
        refused.config,
        `The task has its ${most} configurations already`,
      );
    }
    if (isStoreError(error, 'TOO_MANY_PUSH_ORIGINS')) {
      this.warn('push.maxOrigins', refused);
      return invalidParam(
        refused.url,
        `There are webhooks at ${push.maxOrigins} origins already: only those can be used`,
      );
    }
    if (isStoreError(error, 'TOO_MANY_NEW_PUSH_ORIGINS')) {
      this.warn('push.newOriginsPerMinute', refused);
      return new A2AError(
        'RATE_LIMITED',
        'Too many webhooks at new origins: try again in a minute',
        { retryAfterSeconds: NEW_ORIGIN_SECONDS },
      );
    }
    return undefined;
  }

  private warn(option: string, { scope }: RefusedWebhook): void {
    const whose = `tenant ${JSON.stringify(scope.tenant)} of agent ${scope.agent}`;
    const what = `A webhook of ${whose} was refused: ${option} is reached.`;
    this.alarms.error(option, what);
  }
}
