import { type Claim } from '@nest-a2a/store';
import { Logger } from '@nestjs/common';
import { TurnError } from './turn.errors.js';

/** How the worker's code ended; `left` where nobody waited for it any longer. */
export type Outcome =
  { kind: 'returned' } | { kind: 'threw'; error: unknown } | { kind: 'left' };

/** Tells the operator what a turn's caller is not told. */
export class TurnReporter {
  private readonly logger = new Logger('A2AWorker');
  private readonly subject: string;
  private hasRefused = false;

  constructor({ record, fence }: Claim) {
    this.subject = `Worker of agent "${record.scope.agent}", task ${fence.taskId}:`;
  }

  /** Something went wrong with the turn. */
  failed(what: string, error?: unknown): void {
    this.logger.error(
      `${this.subject} ${what}`,
      error instanceof Error ? (error.stack ?? error.message) : error,
    );
  }

  /** Another instance runs the turn now, or somebody else has ended the task. */
  lost(): void {
    this.logger.warn(
      `${this.subject} lost its turn while it ran and was told to stop`,
    );
  }

  /** What the worker wanted to say was refused. Once: one that does not await its emits may be refused thousands. */
  refused(error: unknown): void {
    if (!this.hasRefused) {
      this.hasRefused = true;
      this.logger.warn(
        `${this.subject} an emit was refused (${String(error)})`,
      );
    }
  }

  /** The worker went on after its ending call. */
  afterEnd(outcome: Outcome): void {
    if (outcome.kind === 'threw') {
      this.failed('threw after it had ended its turn', outcome.error);
    }
  }

  /** The worker went on after it was told to stop. */
  afterStop(outcome: Outcome): void {
    if (outcome.kind === 'threw' && !isStopReason(outcome.error)) {
      this.failed('threw after it was told to stop', outcome.error);
    }
  }
}

/** Whether a worker only passed on why it was told to stop. */
function isStopReason(error: unknown): boolean {
  return (
    error instanceof TurnError ||
    (error instanceof Error && error.name === 'AbortError')
  );
}
