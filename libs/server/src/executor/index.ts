export { ExecutorWorker } from './executor-worker.js';
