import { inspect } from 'node:util';
import { type LoggerService } from '@nestjs/common';

/** Keeps what an application logs, with everything that is in it. */
export class LogCollector implements LoggerService {
  readonly lines: string[] = [];
  private readonly waiting = new Set<() => void>();

  readonly log = this.levelled('log');
  readonly error = this.levelled('error');
  readonly warn = this.levelled('warn');
  readonly debug = this.levelled('debug');
  readonly verbose = this.levelled('verbose');
  readonly fatal = this.levelled('fatal');

  /** What is more than information. */
  get troubles(): string[] {
    return this.lines.filter((line) => /^(warn|error|fatal) /.test(line));
  }

  /** Resolves with the first line that matches. */
  async find(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.lines.find((one) => pattern.test(one));
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private levelled(level: string) {
    return (...message: unknown[]) => {
      const texts = message.map((part) =>
        typeof part === 'string' ? part : inspect(part, { depth: 9 }),
      );
      this.lines.push([level, ...texts].join(' '));
      this.waiting.forEach((look) => look());
      this.waiting.clear();
    };
  }
}
