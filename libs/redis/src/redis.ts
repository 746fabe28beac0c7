import { RelayedWakeBus, type WakeBusFactory } from '@nest-a2a/store';
import { makeClients } from './redis-clients.js';
import { type RedisOptions, settingsOf } from './redis-options.js';
import { RedisRelay } from './redis-relay.js';

/**
 * Instances tell each other over Redis that there is something to look at. Nothing
 * is kept there: without Redis they look by themselves, more often, and nothing
 * is lost. The value of `wake` of a store.
 *
 * Opening does not need Redis to be there: it warns, and connects when it can.
 *
 * @throws TypeError for options that make no sense
 */
export function redis(options: RedisOptions): WakeBusFactory {
  const settings = settingsOf(options);
  return {
    name: 'redis',
    open: async ({ namespace, onWarning }) => {
      const clients = await makeClients(settings);
      const wake = new RelayedWakeBus({
        via: 'Redis',
        onWarning: settings.onWarning ?? onWarning,
      });
      const channel = `${settings.channelPrefix}:${namespace}`;
      const relay = new RedisRelay(clients, channel, wake);
      wake.attach(relay);
      await relay.start();
      return { wake, close: () => wake.close() };
    },
  };
}
