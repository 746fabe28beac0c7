import { writeSync } from 'node:fs';
import { type Notice } from '../fleet/instance-messages.js';

const STANDARD_OUTPUT = 1;

/** Tells the laboratory, before anything else happens in this process. */
export function tell(notice: Notice): void {
  writeSync(STANDARD_OUTPUT, `${JSON.stringify(notice)}\n`);
}
