import { EventEmitter } from 'node:events';
import { constants } from 'node:http2';
import { type GrpcCall } from './grpc-call.js';
import { resetCall } from './reset-call.js';

/** A call of a stream, with or without what only `@grpc/grpc-js` knows. */
class StreamCall extends EventEmitter {
  readonly seen: unknown[] = [];

  constructor(readonly call?: object) {
    super();
    this.on('cancelled', () => this.seen.push('cancelled'));
  }

  end(): void {
    this.seen.push('end');
  }
}

const reset = (call: StreamCall) => resetCall(call as unknown as GrpcCall);

describe('resetCall', () => {
  it('resets the stream of the call', () => {
    const close = jest.fn();
    const call = new StreamCall({ stream: { close } });
    reset(call);
    expect(close).toHaveBeenCalledWith(constants.NGHTTP2_CANCEL);
    expect(call.seen).toEqual([]);
  });

  it.each([
    ['call', undefined],
    ['stream', {}],
    ['way to close it', { stream: {} }],
  ])('ends the call where there is no %s any more', (_what, internals) => {
    const call = new StreamCall(internals);
    reset(call);
    expect(call.seen).toEqual(['cancelled', 'end']);
  });
});
