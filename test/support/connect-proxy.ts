// The proxy is that of the guard's own tests; packages do not publish theirs.
/* eslint-disable import-x/no-relative-packages */
export { ConnectProxy } from '../../libs/egress/test/connect-proxy.js';
