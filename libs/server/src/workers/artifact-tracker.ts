import { type Artifact } from '@nest-a2a/protocol';
import { type NewEvent } from '@nest-a2a/store';
import { newEvent } from '../tasks/new-events.js';
import { InvalidOutputError } from './turn.errors.js';

/** One chunk on its way out. */
export interface Chunk {
  readonly artifact: Artifact;
  readonly append: boolean;
  readonly lastChunk: boolean;
}

/** What a turn must know about the artifacts of its task: which are there, how large, and which are not complete. */
export class ArtifactTracker {
  private sizes = new Map<string, number>();
  private open = new Set<string>();
  private begun = new Set<string>();

  constructor(private readonly maxBytes: number) {}

  /** Takes in an artifact that the task has already. */
  addKnown({ artifactId, parts }: Artifact): void {
    this.sizes.set(artifactId, bytesOf(parts));
  }

  /** Takes in that a chunk of the artifact was emitted and not the last. */
  markOpen(artifactId: string): void {
    this.open.add(artifactId);
  }

  /** Takes in that the artifact is complete. */
  markComplete(artifactId: string): void {
    this.open.delete(artifactId);
  }

  /** Whether the task has the artifact. */
  has(artifactId: string): boolean {
    return this.sizes.has(artifactId);
  }

  /** Notes that this run emits chunks of the artifact. @returns whether it has before */
  begin(artifactId: string): boolean {
    const hasBegun = this.begun.has(artifactId);
    this.begun.add(artifactId);
    return hasBegun;
  }

  /** @returns what takes back everything that is taken in from now on */
  save(): () => void {
    const { sizes, open, begun } = this;
    this.sizes = new Map(sizes);
    this.open = new Set(open);
    this.begun = new Set(begun);
    return () => Object.assign(this, { sizes, open, begun });
  }

  /** Takes in a chunk. @throws InvalidOutputError where the artifact would be larger than it may */
  add({ artifact, append, lastChunk }: Chunk): void {
    const { artifactId, parts } = artifact;
    const before = append ? (this.sizes.get(artifactId) ?? 0) : 0;
    const size = before + bytesOf(parts);
    if (size > this.maxBytes) {
      throw new InvalidOutputError(
        `artifact ${artifactId}: Must not be larger than ${this.maxBytes} bytes`,
      );
    }
    this.sizes.set(artifactId, size);
    if (lastChunk) {
      this.markComplete(artifactId);
    } else {
      this.markOpen(artifactId);
    }
  }

  /** Events that say: what is not complete yet is complete now. */
  closeAll(): NewEvent[] {
    const events = [...this.open].map((artifactId) =>
      newEvent({ kind: 'artifactEnd', artifactId }),
    );
    this.open.clear();
    return events;
  }
}

/** The size of what can be large. */
function bytesOf(parts: Artifact['parts']): number {
  return parts.reduce((sum, part) => {
    if ('text' in part) return sum + Buffer.byteLength(part.text);
    if ('raw' in part) return sum + part.raw.length;
    return 'data' in part
      ? sum + Buffer.byteLength(JSON.stringify(part.data))
      : sum + part.url.length;
  }, 0);
}
