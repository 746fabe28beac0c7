import { unavailable } from '@nest-a2a/protocol';
import { Logger } from '@nestjs/common';
import { type JWTVerifyGetKey } from 'jose';

/** How long keys are used, and how often they are asked for. */
export interface KeyTimes {
  readonly cacheMs: number;
  readonly staleMs: number;
  readonly cooldownMs: number;
}

/** What answers while the keys cannot be had. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Keys that are elsewhere, and change. They are asked for when there are none,
 * when they are old, and when a token names one that is not among them; never
 * twice within the cool-down, whatever callers send. While they cannot be had,
 * old ones are good for a little longer.
 */
export class RemoteKeys {
  private readonly logger = new Logger('A2AAuthentication');
  private find: JWTVerifyGetKey | undefined;
  private loadedAt = -Infinity;
  private triedAt = -Infinity;
  private hasFailed = false;
  private pending: Promise<void> | undefined;

  /**
   * @param load asks for the keys
   * @param times in milliseconds
   * @param isUnknownKey whether an error says that no key fits a token
   */
  constructor(
    private readonly load: () => Promise<JWTVerifyGetKey>,
    private readonly times: KeyTimes,
    private readonly isUnknownKey: (error: unknown) => boolean,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * The key for a token.
   *
   * @throws A2AError `UNAVAILABLE` where nobody can know
   */
  readonly get: JWTVerifyGetKey = async (header, token) => {
    if (this.age >= this.times.cacheMs) {
      await this.refresh();
    }
    try {
      return await this.keys()(header, token);
    } catch (error) {
      if (!this.isUnknownKey(error)) throw error;
      await this.refresh();
      if (this.hasFailed) throw unavailable(RETRY_AFTER_SECONDS, error);
      return await this.keys()(header, token);
    }
  };

  private get age(): number {
    return this.now() - this.loadedAt;
  }

  private keys(): JWTVerifyGetKey {
    if (!this.find || this.age >= this.times.cacheMs + this.times.staleMs) {
      throw unavailable(RETRY_AFTER_SECONDS);
    }
    return this.find;
  }

  /** Asks again, unless that was just done. All who wait share one request. */
  private async refresh(): Promise<void> {
    if (!this.pending && this.now() - this.triedAt < this.times.cooldownMs) {
      return;
    }
    this.pending ??= this.reload().finally(() => (this.pending = undefined));
    await this.pending;
  }

  private async reload(): Promise<void> {
    this.triedAt = this.now();
    try {
      this.find = await this.load();
      this.loadedAt = this.now();
      this.hasFailed = false;
    } catch (error) {
      this.hasFailed = true;
      const { message } = error as Error;
      this.logger.warn(`The keys for tokens cannot be fetched: ${message}`);
    }
  }
}
