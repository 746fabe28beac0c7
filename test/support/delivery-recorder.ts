import { type INestApplication } from '@nestjs/common';
import { PushNotificationService } from '@nest-a2a/server';
import { type DeliveryAttempt } from '@nest-a2a/store';

/** Keeps the attempts of an application to deliver webhooks, as they are noted. */
export class DeliveryRecorder {
  readonly attempts: DeliveryAttempt[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(app: INestApplication) {
    app.get(PushNotificationService).deliveries$.subscribe((attempt) => {
      this.attempts.push(attempt);
      this.waiting.forEach((look) => look());
    });
  }

  /** Resolves with all attempts when there are so many. */
  async waitFor(count: number): Promise<readonly DeliveryAttempt[]> {
    while (this.attempts.length < count) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
      this.waiting.clear();
    }
    return this.attempts;
  }

  /** Resolves with the attempt of this number, from 1 on. */
  async nth(count: number): Promise<DeliveryAttempt> {
    const attempt = (await this.waitFor(count))[count - 1];
    if (!attempt) throw new TypeError('Attempts are counted from 1');
    return attempt;
  }
}

/** Resolves with the attempts of several applications, in their order in time, when there are so many of all. */
export async function attemptsOfAll(
  recorders: readonly DeliveryRecorder[],
  count: number,
): Promise<readonly DeliveryAttempt[]> {
  const all = () => recorders.flatMap(({ attempts }) => attempts);
  while (all().length < count) {
    const next = recorders.map((one) => one.waitFor(one.attempts.length + 1));
    await Promise.race(next);
  }
  return all().sort((a, b) => a.at - b.at);
}
