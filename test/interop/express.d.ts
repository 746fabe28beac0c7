/** As much of Express as the tests need: it is the platform of the other side's server. */
declare module 'express' {
  import { type RequestListener } from 'node:http';

  /** What Express calls for a request. */
  export type RequestHandler = (
    request: object,
    response: object,
    next: (error?: unknown) => void,
  ) => void;

  interface Application extends RequestListener {
    use(path: string, handler: RequestHandler): this;
  }

  export default function express(): Application;
}
