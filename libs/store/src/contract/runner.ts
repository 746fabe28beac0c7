/**
 * What the suite needs of a test runner. The functions of Jest, of Vitest and
 * of `node:test` fit as they are.
 */
export interface ContractRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: (title: string, test: () => Promise<void>) => unknown;
  readonly beforeEach: (hook: () => Promise<void>) => unknown;
  readonly afterEach: (hook: () => Promise<void>) => unknown;
}

/** Tests by what they prove. `T` is what each test is given: new for every test. */
export type ContractTests<T> = Readonly<
  Record<string, (world: T) => Promise<void>>
>;

/** How each test gets what it tests. */
export interface Fixture<T> {
  readonly open: () => Promise<T>;
  readonly close: (opened: T) => Promise<void>;
}

/** Declares tests, each with a fixture of its own. */
export function declareTests<T>(
  runner: ContractRunner,
  { open, close }: Fixture<T>,
  parts: Readonly<Record<string, ContractTests<T>>>,
): void {
  let opened: T | undefined;
  runner.beforeEach(async () => {
    opened = await open();
  });
  runner.afterEach(async () => {
    // Where `open` has failed there is nothing to close.
    if (opened !== undefined) {
      const last = opened;
      opened = undefined;
      await close(last);
    }
  });
  for (const [title, tests] of Object.entries(parts)) {
    runner.describe(title, () => {
      for (const [promise, test] of Object.entries(tests)) {
        runner.it(promise, async () => test(opened as T));
      }
    });
  }
}
