import { createHash, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';

export const OPERATOR_TOKEN = Symbol('OPERATOR_TOKEN');

/** Lets operators in. An application of its own has its guard for that already. */
@Injectable()
export class OperatorGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(@Inject(OPERATOR_TOKEN) token: string) {
    this.expected = digest(`Bearer ${token}`);
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    const given = digest(headers.authorization ?? '');
    if (!timingSafeEqual(given, this.expected)) {
      throw new UnauthorizedException();
    }
    return true;
  }
}

/** Of one length, whatever it is made from: only such are compared in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
