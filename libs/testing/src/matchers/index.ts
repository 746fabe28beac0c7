export { a2aMatchers } from './a2a-matchers.js';
export {
  type AsymmetricText,
  type ExpectedArtifact,
  type ExpectedText,
} from './expected.js';
export { type MatcherContext, type MatcherVerdict } from './matcher.js';
export { type A2AMatchers, type ExpectedState } from './matcher-types.js';
