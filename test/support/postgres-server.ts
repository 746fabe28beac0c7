// The server is that of the store's own tests; packages do not publish theirs.
/* eslint-disable import-x/no-relative-packages */
export {
  describeWithOwnPostgres,
  describeWithPostgres,
  execute,
  type ServerSettings,
  startServer,
  type TestServer,
  whyNoServer,
} from '../../libs/postgres/test/postgres-server.js';
export { TcpProxy } from '../../libs/postgres/test/tcp-proxy.js';
