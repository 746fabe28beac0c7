/** The words of the story, a chunk each. */
export const WORDS = [
  'Once ',
  'upon ',
  'a ',
  'tïme ',
  'there ',
  'was ',
  'a ',
  'small ',
  'agent',
  '.',
];

/** The whole text. */
export const STORY = WORDS.join('');

/** A task whose events happen one by one: it begins, says each word, and is completed. */
export class Story {
  /** How many of the events have happened. */
  happened = 0;
  /** The bytes of its first stream that was not cut. */
  streamBytes = 0;
  private isCanceled = false;
  readonly events: readonly object[];

  /** @param cuts after how many bytes each of its streams is cut */
  constructor(
    readonly id: string,
    readonly cuts: number[] = [],
  ) {
    const ids = { taskId: id, contextId: 'c' };
    this.events = [
      { task: this.snapshot(0) },
      ...WORDS.map((text, at) => ({
        artifactUpdate: {
          ...ids,
          artifact: { artifactId: 'a', parts: [{ text }] },
          ...(at > 0 && { append: true }),
        },
      })),
      {
        statusUpdate: { ...ids, status: { state: 'TASK_STATE_COMPLETED' } },
      },
    ];
  }

  get isOver(): boolean {
    return this.isCanceled || this.happened >= this.events.length;
  }

  /** @returns whether it was not over yet */
  cancel(): boolean {
    if (this.isOver) return false;
    this.isCanceled = true;
    return true;
  }

  /** Everything happens that is left. */
  finish(): this {
    this.happened = this.events.length;
    return this;
  }

  /** The task after so many events. */
  snapshot(happened = this.happened): object {
    const words = WORDS.slice(0, Math.max(0, happened - 1));
    const isDone = happened > WORDS.length + 1;
    const done = isDone ? 'COMPLETED' : 'WORKING';
    const state = `TASK_STATE_${this.isCanceled ? 'CANCELED' : done}`;
    const parts = words.map((text) => ({ text }));
    return {
      id: this.id,
      contextId: 'c',
      status: { state },
      ...(parts.length > 0 && { artifacts: [{ artifactId: 'a', parts }] }),
    };
  }
}
