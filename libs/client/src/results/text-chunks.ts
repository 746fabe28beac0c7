import { type Artifact, textOf } from '@nest-a2a/protocol';
import { type StreamEvent } from './stream-event.js';

/**
 * The text of a stream, piece by piece: what the artifacts say, without
 * repeating it where the agent sends the whole task in between.
 */
export class TextChunks {
  readonly #lengths = new Map<string, number>();

  /** The text that an event adds; empty where it adds none. */
  next({ raw, append, text }: StreamEvent): string {
    if ('artifactUpdate' in raw) {
      return this.#add(raw.artifactUpdate.artifact, append);
    }
    if ('task' in raw) {
      return (raw.task.artifacts ?? [])
        .map((artifact) => this.#catchUp(artifact))
        .join('');
    }
    return 'message' in raw ? text : '';
  }

  #add({ artifactId, parts }: Artifact, append: boolean): string {
    const text = textOf(parts);
    const before = append ? (this.#lengths.get(artifactId) ?? 0) : 0;
    this.#note(artifactId, before + text.length);
    return text;
  }

  #catchUp({ artifactId, parts }: Artifact): string {
    const text = textOf(parts);
    const known = this.#lengths.get(artifactId) ?? 0;
    this.#note(artifactId, Math.max(known, text.length));
    return text.slice(known);
  }

  #note(artifactId: string, length: number): void {
    if (length > 0) {
      this.#lengths.set(artifactId, length);
    }
  }
}
