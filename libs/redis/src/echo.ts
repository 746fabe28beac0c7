/** How a probe ended: its message came back, nothing came, or an error did. */
export type Verdict = 'heard' | 'silent' | 'failed';

/** A message to ourselves, and whether it has come back. */
export class Echo {
  readonly verdict: Promise<Verdict>;
  private settle: (verdict: Verdict) => void = () => {};
  private readonly timer: NodeJS.Timeout;

  /** @param text not the same for any two */
  constructor(
    private readonly text: string,
    timeoutMs: number,
  ) {
    this.verdict = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.timer = setTimeout(() => this.end('silent'), timeoutMs);
  }

  /** Takes in what has come, whatever it is. */
  hear(payload: string): void {
    if (payload === this.text) {
      this.end('heard');
    }
  }

  /** The first verdict counts. */
  end(verdict: Verdict): void {
    clearTimeout(this.timer);
    this.settle(verdict);
  }
}
