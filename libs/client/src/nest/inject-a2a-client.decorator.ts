import { Inject } from '@nestjs/common';
import { getA2AClientToken } from './a2a-client.tokens.js';

/**
 * Injects a client of `A2AClientModule`.
 *
 * @param name as it was registered @default 'default'
 */
export function InjectA2AClient(
  name?: string,
): PropertyDecorator & ParameterDecorator {
  return Inject(getA2AClientToken(name));
}
