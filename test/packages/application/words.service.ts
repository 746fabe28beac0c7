import { Injectable } from '@nestjs/common';

/** Something that a worker is given by the type of a parameter, as applications do. */
@Injectable()
export class Words {
  greetingFor(name: string): string[] {
    return ['Hello, ', name, '!'];
  }
}
