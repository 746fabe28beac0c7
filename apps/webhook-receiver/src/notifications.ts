import { Injectable } from '@nestjs/common';
import { type WebhookNotification } from '@nest-a2a/client';
import { OnPushNotification } from '@nest-a2a/client/nest';

/** What agents have told about their tasks, in the order in which it came. */
@Injectable()
export class Notifications {
  private readonly received: unknown[] = [];

  /** As it came: a `StreamResponse` of A2A 1.0, or the bare task of 0.3. */
  get all(): readonly unknown[] {
    return this.received;
  }

  @OnPushNotification()
  add({ taskId, state, kind, payload }: WebhookNotification): void {
    this.received.push(payload);
    console.log(`[WEBHOOK] Task: ${taskId}  State: ${state ?? kind}`);
  }
}
