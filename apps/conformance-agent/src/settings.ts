import { type Storage, storageOf } from './runtime.js';

/** What the agent can do besides answering. */
const PROFILES = ['full', 'min', 'ext'] as const;

/** All capabilities, none, or all with a required extension. */
export type Profile = (typeof PROFILES)[number];

/** What the environment decides. */
export interface Settings extends Storage {
  readonly profile: Profile;
  readonly port: number;
  readonly grpcPort: number;
}

/** @throws TypeError for a value that is not known */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  return {
    profile: oneOf('CAPS', env.CAPS, PROFILES),
    port: portOf('PORT', env.PORT || '9999'),
    grpcPort: portOf('GRPC_PORT', env.GRPC_PORT || '9998'),
    ...storageOf(env),
  };
}

/** The value of a variable; the first of the choices where it is not set. */
function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  choices: readonly [T, ...T[]],
): T {
  const choice = value ? choices.find((one) => one === value) : choices[0];
  if (choice === undefined) {
    throw new TypeError(`${name} must be one of: ${choices.join(', ')}`);
  }
  return choice;
}

function portOf(name: string, value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`${name} must be a port`);
  }
  return port;
}
