export {
  type Authenticated,
  type Authenticator,
  type CredentialRequest,
  type Rejected,
} from '../access/authenticator.js';
export {
  apiKey,
  type ApiKeyHolder,
  type ApiKeyOptions,
  type ApiKeyResolver,
  type PresentedApiKey,
} from './api-key.js';
export {
  AuthenticationSetupError,
  type AuthenticationSetupErrorCode,
} from './authentication.errors.js';
export { jwtBearer } from './jwt-bearer.js';
export { type JwtBearerOptions } from './jwt-options.js';
export { type TokenClaims, type TokenKeySet } from './token-claims.js';
export { type SchemeOptions } from './scheme-settings.js';
