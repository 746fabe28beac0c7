export { redis } from './redis.js';
export { RedisSetupError, type RedisSetupErrorCode } from './redis.errors.js';
export { type RedisClient } from './redis-driver.js';
export { type RedisOptions } from './redis-options.js';
