// The tests of the store have the only server that there is.
/* eslint-disable import-x/no-relative-packages */
export {
  describeWithPostgres,
  startServer,
  type TestServer,
} from '../../libs/postgres/test/postgres-server.js';
export { TcpProxy } from '../../libs/postgres/test/tcp-proxy.js';
