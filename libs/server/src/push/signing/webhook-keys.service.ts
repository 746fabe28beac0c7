import { type JwkSet, toJwkSet } from '@nest-a2a/protocol';
import { type TaskStore } from '@nest-a2a/store';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  RESOLVED_OPTIONS,
  type ResolvedOptions,
} from '../../options/resolved-options.js';
import { TASK_STORE } from '../../runtime/runtime.tokens.js';
import { AlarmLog } from '../../hooks/alarm-log.js';
import { SecretBox } from '../secret-box.js';
import { type ActiveKeys, activeKeys } from './active-keys.js';
import { StoredKeys } from './stored-keys.js';
import { WebhookSigningError } from './webhook-signing-error.js';

/** How a key is replaced. */
export interface RotateOptions {
  /** Whether those before it are gone at once, as when one was stolen: receivers that have not fetched the new one yet refuse webhooks meanwhile. @default false */
  revokeOld?: boolean;
}

/** The keys that sign webhooks. */
@Injectable()
export class WebhookKeys implements OnApplicationBootstrap {
  private readonly logger = new Logger('A2APush');
  private readonly given: ActiveKeys | undefined;
  private readonly stored: StoredKeys | undefined;

  constructor(
    @Inject(TASK_STORE) store: TaskStore,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    const { signing, encryptionKey } = options.push;
    if (signing && signing.keys) {
      this.given = activeKeys(signing.keys, signing.keys[0]);
    } else if (signing) {
      this.stored = new StoredKeys({
        store,
        box: new SecretBox(encryptionKey),
        overlapMs: signing.overlapMs,
        alarms: new AlarmLog(this.logger, () => store.now()),
      });
    }
  }

  /** Says at start that the keys cannot be opened, and not with the first webhook. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.options.roles.includes('push')) {
      await this.stored?.current().catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        this.logger.error(`Webhooks wait: ${why}`);
      });
    }
  }

  /**
   * The keys that sign now, without a way to the store for most calls;
   * `undefined` where webhooks are not signed.
   *
   * @throws WebhookSigningError `KEYS_NOT_OPENED`, StoreError
   */
  async active(): Promise<ActiveKeys | undefined> {
    return this.given ?? this.stored?.current();
  }

  /**
   * The public keys, as receivers fetch them; none where webhooks are not signed.
   *
   * @throws WebhookSigningError `KEYS_NOT_OPENED`, StoreError
   */
  async published(): Promise<JwkSet> {
    return toJwkSet((await this.active())?.published ?? []);
  }

  /**
   * Adds a key that was made by the runtime. It signs beside the one before it
   * for `push.signing.overlapMs`; then that one is gone. Other instances follow
   * within a minute. Where two rotate at the same time there is one new key.
   *
   * @returns the `kid` of the new key
   * @throws WebhookSigningError `KEYS_NOT_OURS`, `KEYS_NOT_OPENED`; StoreError
   */
  async rotate({ revokeOld = false }: RotateOptions = {}): Promise<string> {
    const kid = await this.stored?.rotate(revokeOld);
    if (kid === undefined) {
      throw new WebhookSigningError(
        'KEYS_NOT_OURS',
        'Webhooks are signed by no key of the runtime: replace the keys in push.signing.keys',
      );
    }
    return kid;
  }
}
