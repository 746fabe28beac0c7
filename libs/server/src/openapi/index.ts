export { type OpenApiDocument } from './open-api.js';
export {
  type A2AApplication,
  type A2APathsOptions,
  withA2APaths,
} from './with-a2a-paths.js';
