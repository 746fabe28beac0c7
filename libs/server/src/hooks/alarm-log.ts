import { type Logger } from '@nestjs/common';

const QUIET_MS = 60_000;

/**
 * Logs trouble that thousands of webhooks may share, such as a key that is
 * gone: of each kind one line a minute, which says how many there were besides.
 */
export class AlarmLog {
  private readonly kinds = new Map<
    string,
    { readonly saidAt: number; readonly unsaid: number }
  >();

  /** @param now milliseconds */
  constructor(
    private readonly logger: Pick<Logger, 'error'>,
    private readonly now: () => number,
  ) {}

  /**
   * @param kind one of few: each is remembered
   * @param detail such as a stack
   */
  error(kind: string, message: string, detail?: unknown): void {
    const now = this.now();
    const { saidAt, unsaid } = this.kinds.get(kind) ?? {
      saidAt: -Infinity,
      unsaid: 0,
    };
    if (now - saidAt < QUIET_MS) {
      this.kinds.set(kind, { saidAt, unsaid: unsaid + 1 });
      return;
    }
    this.kinds.set(kind, { saidAt: now, unsaid: 0 });
    const more = unsaid > 0 ? ` (${unsaid} more since the last line)` : '';
    this.logger.error(
      message + more,
      ...(detail === undefined ? [] : [detail]),
    );
  }
}
