import {
  A2AWorker,
  type TaskContext,
  type Worker,
  type WorkerStream,
} from '@nest-a2a/server';

/** What the worker does with a message. */
export type Behaviour = (
  context: TaskContext,
) => Promise<void> | void | WorkerStream;

/**
 * A worker that does what the test has said for the text of the message; the
 * part of the text before a colon counts. Without a behaviour it completes with
 * an echo.
 */
@A2AWorker()
export class ScriptedWorker implements Worker {
  private readonly behaviours = new Map<string, Behaviour>();

  on(text: string, behaviour: Behaviour): void {
    this.behaviours.set(text, behaviour);
  }

  handle(context: TaskContext): Promise<void> | void | WorkerStream {
    const [name = ''] = context.userText.split(':');
    const behaviour = this.behaviours.get(name);
    return behaviour
      ? behaviour(context)
      : context.complete(`echo: ${context.userText}`);
  }
}
