import { getEventListeners } from 'node:events';
import { OpenCalls } from './open-calls.js';

const never = () => new Promise<never>(() => undefined);

/** Work that ends when it is told to, as a request does. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('socket hang up')));
  });

describe('OpenCalls', () => {
  it('answers what the work answers, and forgets it', async () => {
    const calls = new OpenCalls();
    await expect(calls.run({}, async () => 7)).resolves.toBe(7);
    expect(calls.size).toBe(0);
  });

  it('lets an error of the work through', async () => {
    const calls = new OpenCalls();
    const error = new Error('x');
    await expect(calls.run({}, () => Promise.reject(error))).rejects.toBe(
      error,
    );
    expect(calls.size).toBe(0);
  });

  it('says what ended a call, not how the work broke', async () => {
    const { signal, ...controller } = controllerOf();
    const calls = new OpenCalls();
    const running = calls.run({ signal }, untilAborted);
    controller.abort('enough');
    await expect(running).rejects.toMatchObject({
      code: 'aborted',
      cause: 'enough',
    });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does not begin work for a caller that has left', async () => {
    const work = jest.fn(never);
    const running = new OpenCalls().run({ signal: AbortSignal.abort() }, work);
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    expect(work).not.toHaveBeenCalled();
  });

  it('fails the open calls when it is closed, and refuses new ones', async () => {
    const calls = new OpenCalls();
    const running = calls.run({}, untilAborted);
    calls.close();
    calls.close();
    await expect(running).rejects.toMatchObject({ code: 'closed' });
    await expect(calls.run({}, never)).rejects.toMatchObject({
      code: 'closed',
    });
    expect(calls.size).toBe(0);
  });

  it('keeps the first reason', async () => {
    const { signal, ...controller } = controllerOf();
    const calls = new OpenCalls();
    const running = calls.run({ signal }, untilAborted);
    calls.close();
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'closed' });
  });
});

function controllerOf() {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: (reason?: unknown) => controller.abort(reason),
  };
}
