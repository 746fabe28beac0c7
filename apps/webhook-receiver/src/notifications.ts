import { Injectable } from '@nestjs/common';

/** One update: of A2A 1.0 (one member says which), or a bare task of 0.3. */
export interface Notification {
  task?: { id: string; status: { state: string } };
  statusUpdate?: { taskId: string; status: { state: string } };
  artifactUpdate?: { taskId: string; artifact: { artifactId: string } };
  id?: string;
  status?: { state: string };
}

/** What has arrived, in that order. */
@Injectable()
export class Notifications {
  private readonly received: Notification[] = [];

  get all(): readonly Notification[] {
    return this.received;
  }

  add(notification: Notification): void {
    this.received.push(notification);
    const { task, statusUpdate, artifactUpdate } = notification;
    const taskId =
      task?.id ??
      statusUpdate?.taskId ??
      artifactUpdate?.taskId ??
      notification.id;
    const status = (task ?? statusUpdate ?? notification).status;
    const state = status?.state ?? 'artifact';
    console.log(`[WEBHOOK] Task: ${taskId}  State: ${shortWord(state)}`);
  }
}

/** `working`, whichever version of the protocol says it. */
function shortWord(state: string): string {
  return state.replace('TASK_STATE_', '').replaceAll('_', '-').toLowerCase();
}
