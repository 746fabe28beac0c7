/** Token of the options that `A2AModule.forRoot` was given, as they came. */
export const A2A_OPTIONS = Symbol.for('@nest-a2a/server:OPTIONS');

/** Token of the options that `A2AModule.forFeature` was given, as they came. */
export const A2A_FEATURE_OPTIONS = Symbol.for(
  '@nest-a2a/server:FEATURE_OPTIONS',
);
