/** Holds somebody until the test lets them go. */
export class Gate {
  private openGate: () => void = () => undefined;
  private reach: () => void = () => undefined;

  /** Resolves when somebody has come to the gate. */
  readonly reached = new Promise<void>((resolve) => {
    this.reach = resolve;
  });
  private readonly opened = new Promise<void>((resolve) => {
    this.openGate = resolve;
  });

  /** Waits until the gate is open. */
  async pass(): Promise<void> {
    this.reach();
    await this.opened;
  }

  open(): void {
    this.openGate();
  }
}
