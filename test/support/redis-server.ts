// The server is that of the library's own tests; packages do not publish theirs.
/* eslint-disable import-x/no-relative-packages */
export {
  describeWithOwnRedis,
  RedisServer,
} from '../../libs/redis/test/redis-server.js';
