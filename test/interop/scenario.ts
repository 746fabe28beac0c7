import { type Circumstances, type Sides } from './calls.js';

/** Something that has to go the same, whoever is on which side. */
export interface Scenario {
  readonly name: string;
  /** @returns what has been seen */
  run(sides: Sides): Promise<unknown>;
  /** What has to be seen. */
  readonly expected: unknown;
  /** Where it is possible. @default everywhere */
  readonly where?: (circumstances: Circumstances) => boolean;
}

/** The protocol buffers of 0.3 have no word for some things, and their JSON has none for 0 and false. */
export const isNotProto03 = ({ version, binding }: Circumstances): boolean =>
  version === '1.0' || binding === 'JSONRPC';
