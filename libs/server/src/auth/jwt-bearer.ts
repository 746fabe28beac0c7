import { type Authenticator } from '../access/authenticator.js';
import { type JwtBearerOptions, readJwtOptions } from './jwt-options.js';
import { bearerTokenOf } from './request-credentials.js';
import { schemeSettings } from './scheme-settings.js';
import { TokenVerifier } from './token-verifier.js';

/**
 * Callers say who they are by a signed token (JWT) of an issuer that the
 * application trusts, in `Authorization: Bearer`. Needs the package `jose`.
 *
 * @throws TypeError for options that cannot be
 */
export function jwtBearer(options: JwtBearerOptions): Authenticator {
  const settings = readJwtOptions(options);
  const verifier = new TokenVerifier(settings);
  return {
    ...schemeSettings(settings.name, options, {
      scheme: {
        httpAuthSecurityScheme: { scheme: 'Bearer', bearerFormat: 'JWT' },
      },
      challenge: ['Bearer', {}],
    }),
    open: () => verifier.open(),
    authenticate: (request) => {
      const token = bearerTokenOf(request);
      return token === undefined ? undefined : verifier.verify(token);
    },
  };
}
