import { type plainToInstance } from 'class-transformer';
import { type validate } from 'class-validator';
import { MissingValidatorError } from './data.errors.js';

/** What only applications need that check data against classes. */
export interface ValidatorPackages {
  readonly plainToInstance: typeof plainToInstance;
  readonly validate: typeof validate;
}

const MISSING = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

/**
 * Loads the packages with the first use: they are a good part of the time that
 * a process needs to start.
 *
 * @throws MissingValidatorError
 */
export async function loadValidator(
  load: () => Promise<ValidatorPackages> = loadBoth,
): Promise<ValidatorPackages> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as { code?: string };
    throw code !== undefined && MISSING.includes(code)
      ? new MissingValidatorError(error)
      : error;
  }
}

async function loadBoth(): Promise<ValidatorPackages> {
  const [transformer, validator] = await Promise.all([
    import('class-transformer'),
    import('class-validator'),
  ]);
  return {
    plainToInstance: transformer.plainToInstance,
    validate: validator.validate,
  };
}
