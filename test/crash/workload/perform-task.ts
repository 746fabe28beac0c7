import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { isInterrupted, isTerminal, type Task } from '@nest-a2a/protocol';
import { artifactText, BOOKED, type TaskScript } from '../agent/task-script.js';
import { type Expectation } from '../history/history.js';
import { type LabClients } from '../lab/lab-clients.js';
import { type Caller, type SendRequest, sendParams } from './caller.js';
import { type Reader } from './reader.js';
import { taskIdOf } from './stream-response.js';
import { type TaskPlan, webhookId } from './task-plan.js';
import { type Moods } from './webhook-receivers.js';

const POLL_MS = 250;

/** What tells a scenario how far its task is. */
export interface TaskProgress {
  /** Called once when the id of the task is known. */
  onKnown?(taskId: string): Promise<void> | void;
}

/**
 * Sends a message and does all that the plan says until the task has ended.
 *
 * @returns what must be so in the end
 */
export async function performTask(
  clients: LabClients,
  plan: TaskPlan,
  progress: TaskProgress = {},
): Promise<Expectation> {
  const performance = new TaskPerformance(clients, plan, progress);
  await performance.perform();
  return performance.expectation;
}

class TaskPerformance {
  private readonly caller: Caller;
  private readonly liveConfigs: string[] = [];
  private readonly send: SendRequest;
  private readonly asides: Promise<void>[] = [];
  private readonly contextId: string;
  private taskId: string | undefined;

  constructor(
    private readonly clients: LabClients,
    private readonly plan: TaskPlan,
    private readonly progress: TaskProgress,
  ) {
    this.caller = clients.caller(plan.name, plan);
    this.contextId = plan.contextId ?? plan.name;
    this.send = {
      messageId: randomUUID(),
      contextId: this.contextId,
      body: JSON.stringify(plan.script),
      ...(plan.webhook && { webhook: this.newWebhook(plan.webhook) }),
    };
  }

  get expectation(): Expectation {
    const { contextId, taskId } = this;
    const { states, script, answerScript } = this.plan;
    const scripts = answerScript ? [script, answerScript] : [script];
    return {
      contextId,
      ...(taskId !== undefined && { taskId }),
      states,
      artifacts: Object.fromEntries(
        scripts
          .filter(({ chunks }) => chunks > 0)
          .map((one) => [one.artifactId, artifactText(one)]),
      ),
      steps: scripts.flatMap(stepsOf),
      bookings: scripts.filter(({ books }) => books !== undefined).length,
      visitors: scripts.flatMap(({ visitor }) => visitor ?? []),
      liveConfigs: this.liveConfigs,
    };
  }

  async perform(): Promise<void> {
    const { progress, plan } = this;
    const taskId = await this.begin();
    this.taskId = taskId;
    await progress.onKnown?.(taskId);
    for (const [index, { binding, resumes }] of plan.subscribers.entries()) {
      const reader = this.newReader(`s${index}`, { binding, resumes });
      this.beside(reader.follow({ by: 'subscribe', taskId }));
    }
    this.beside(this.changeWebhooks(taskId));
    this.beside(this.cancelLater(taskId));
    await this.untilOver(taskId);
    await Promise.all(this.asides);
  }

  /** What goes on at the same time; its error is that of the whole. */
  private beside(work: Promise<void>): void {
    // Until somebody waits for it, nobody would hear it fail.
    work.catch(() => undefined);
    this.asides.push(work);
  }

  /** @returns the id of the task */
  private async begin(): Promise<string> {
    const { plan } = this;
    if (plan.streams) {
      return this.beginByStream();
    }
    const sends = [this.caller.send(this.send)];
    if (plan.hasTwin) {
      const twin = this.clients.caller(`${plan.name}-twin`, plan);
      sends.push(twin.send(this.send));
    }
    const [operation] = await Promise.all(sends);
    return idOf(operation?.task, plan);
  }

  private beginByStream(): Promise<string> {
    const { messageId } = this.send;
    const resumes = this.plan.binding !== 'GRPC';
    const reader = this.newReader('r', { binding: this.plan.binding, resumes });
    return new Promise((resolve) => {
      reader.onFrame = (response) => resolve(taskIdOf(response));
      const params = sendParams(this.send);
      this.beside(reader.follow({ by: 'send', params, messageId }));
    });
  }

  private newReader(
    suffix: string,
    { binding, resumes }: { binding: TaskPlan['binding']; resumes: boolean },
  ): Reader {
    const { name, tenant } = this.plan;
    const reader = `${name}-${suffix}`;
    return this.clients.reader(reader, { binding, tenant, resumes });
  }

  /** Asks again and again; answers the question of the agent where there is one. */
  private async untilOver(taskId: string): Promise<void> {
    let hasAnswered = false;
    for (;;) {
      this.clients.signal.throwIfAborted();
      const { task } = await this.caller.get(taskId);
      const state = task?.status.state;
      if (state && isTerminal(state)) {
        return;
      }
      if (state && isInterrupted(state)) {
        if (!this.plan.answerScript) return;
        if (!hasAnswered) await this.answer(taskId);
        hasAnswered = true;
      }
      await setTimeout(this.plan.pollMs ?? POLL_MS);
    }
  }

  private async answer(taskId: string): Promise<void> {
    await this.caller.send({
      messageId: randomUUID(),
      contextId: this.contextId,
      taskId,
      body: JSON.stringify(this.plan.answerScript),
    });
  }

  private async changeWebhooks(taskId: string): Promise<void> {
    const { lateWebhook } = this.plan;
    if (!lateWebhook) {
      return;
    }
    const caller = this.clients.caller(`${this.plan.name}-hooks`, this.plan);
    const { id, url } = this.registerWebhook(
      `${this.plan.name}-late-hook`,
      lateWebhook.moods,
    );
    await caller.createConfig(taskId, { id, url });
    if (lateWebhook.isRemoved) {
      await setTimeout(POLL_MS);
      await caller.deleteConfig(taskId, id);
    }
  }

  private async cancelLater(taskId: string): Promise<void> {
    const { cancelAfterMs, name } = this.plan;
    if (cancelAfterMs !== undefined) {
      await setTimeout(cancelAfterMs);
      await this.clients.caller(`${name}-cancel`, this.plan).cancel(taskId);
    }
  }

  private newWebhook(moods: Moods) {
    const webhook = this.registerWebhook(webhookId(this.plan), moods);
    this.liveConfigs.push(webhook.id);
    return webhook;
  }

  private registerWebhook(id: string, moods: Moods) {
    const { tenant } = this.plan;
    return { id, url: this.clients.receivers.register(id, { tenant, moods }) };
  }
}

/** A row that is written with a step makes one more of them. */
function stepsOf({ steps, books }: TaskScript): readonly string[] {
  return books === 'step' ? [...steps, BOOKED] : steps;
}

function idOf(task: Task | undefined, { name }: TaskPlan): string {
  if (!task) {
    throw new Error(`The message of ${name} was refused`);
  }
  return task.id;
}
