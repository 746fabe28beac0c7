export { EXIT_CODES } from './exit-code.js';
export { type CommandIo } from './io.js';
export { run } from './run.js';
