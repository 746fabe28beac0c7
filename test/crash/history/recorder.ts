import { createWriteStream, type WriteStream } from 'node:fs';
import { type HistoryEntry } from './history.js';

/** Keeps what happens, and writes it to a file line by line. */
export class Recorder {
  readonly entries: HistoryEntry[] = [];
  private readonly file: WriteStream;

  constructor(path: string) {
    this.file = createWriteStream(path);
  }

  /** Notes what happens, until the run is over. */
  note(entry: HistoryEntry): void {
    if (this.file.writableEnded) {
      return;
    }
    this.entries.push(entry);
    this.file.write(`${JSON.stringify(entry)}\n`);
  }

  /** Resolves when everything is in the file. */
  close(): Promise<void> {
    return new Promise((resolve) => this.file.end(resolve));
  }
}
