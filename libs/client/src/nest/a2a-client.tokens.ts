/**
 * The token of a client of `A2AClientModule`.
 *
 * @param name as it was registered @default 'default'
 */
export function getA2AClientToken(name = 'default'): symbol {
  return Symbol.for(`@nest-a2a/client:CLIENT:${name}`);
}

/** Token of what the client of a module is made of. */
export const A2A_CLIENT_CONFIGURATION = Symbol.for(
  '@nest-a2a/client:CLIENT_CONFIGURATION',
);

/** Token of the client of a module, whatever its name. */
export const A2A_OWN_CLIENT = Symbol.for('@nest-a2a/client:OWN_CLIENT');
