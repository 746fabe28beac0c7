import { type ContractRunner } from '@nest-a2a/store/contract';

interface CollectedTest {
  /** With those of the suites around it. */
  readonly title: string;
  readonly run: () => Promise<void>;
}

/**
 * Keeps the tests that a contract suite declares, and runs them on demand: to
 * prove that the suite fails for an adapter that breaks the contract.
 */
export class CollectingRunner {
  /** What to give to the suite. */
  readonly runner: ContractRunner = {
    describe: (title, body) => this.describe(title, body),
    it: (title, run) => this.tests.push({ title: this.titleOf(title), run }),
    beforeEach: (hook) => this.before.push(hook),
    afterEach: (hook) => this.after.push(hook),
  };

  private readonly path: string[] = [];
  private readonly tests: CollectedTest[] = [];
  private readonly before: (() => Promise<void>)[] = [];
  private readonly after: (() => Promise<void>)[] = [];

  /**
   * Runs the tests whose title begins so; titles are joined by ` › `.
   *
   * @returns the titles of those that failed
   * @throws TypeError where there is no such test
   */
  async run(prefix: string): Promise<string[]> {
    const chosen = this.tests.filter(({ title }) => title.startsWith(prefix));
    if (chosen.length === 0) {
      throw new TypeError(`No test has a title that begins with "${prefix}"`);
    }
    const failed: string[] = [];
    for (const test of chosen) {
      if (!(await this.passes(test))) {
        failed.push(test.title);
      }
    }
    return failed;
  }

  private async passes({ run }: CollectedTest): Promise<boolean> {
    await inOrder(this.before);
    try {
      await run();
      return true;
    } catch {
      return false;
    } finally {
      await inOrder(this.after);
    }
  }

  private describe(title: string, body: () => void): void {
    this.path.push(title);
    body();
    this.path.pop();
  }

  private titleOf(title: string): string {
    return [...this.path, title].join(' › ');
  }
}

async function inOrder(hooks: readonly (() => Promise<void>)[]): Promise<void> {
  for (const hook of hooks) {
    await hook();
  }
}
