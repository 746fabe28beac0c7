/** Where the tasks of the project live. */
export const RUNTIMES = ['memory', 'sqlite', 'postgres'] as const;
export type RuntimeChoice = (typeof RUNTIMES)[number];

/** What Nest answers HTTP with. */
export const PLATFORMS = ['express', 'fastify'] as const;
export type PlatformChoice = (typeof PLATFORMS)[number];

export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn'] as const;
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/** What a project is made of. */
export interface Choices {
  /** Name of its package. */
  readonly name: string;
  readonly runtime: RuntimeChoice;
  readonly platform: PlatformChoice;
  readonly packageManager: PackageManager;
}
