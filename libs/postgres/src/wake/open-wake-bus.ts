import { type OpenWakeBus, RelayedWakeBus } from '@nest-a2a/store';
import { type NotifySource, startNotify } from './notify-relay.js';

/** A wake-up, and what was learnt about the way to the server. */
export interface OpenedWake extends OpenWakeBus {
  /** Whether a connection keeps its server from one transaction to the next, so that statements may be prepared. */
  readonly keepsServer: boolean;
}

/** Opens the wake-up that the options ask for. */
export async function openWakeBus(source: NotifySource): Promise<OpenedWake> {
  const { wake, schema, onWarning } = source.settings;
  if (wake === 'notify') {
    return openNotify(source);
  }
  if (wake === 'poll') {
    return polling();
  }
  const [opened, keepsServer] = await Promise.all([
    wake.open({ namespace: schema, onWarning }),
    source.settings.preparedStatements ?? canListen(source),
  ]);
  return { wake: opened.wake, close: () => opened.close(), keepsServer };
}

async function openNotify(source: NotifySource): Promise<OpenedWake> {
  const { onWarning } = source.settings;
  const wake = new RelayedWakeBus({ via: 'PostgreSQL', onWarning });
  const relay = await startNotify(source, wake);
  if (relay === undefined) {
    onWarning(
      'LISTEN does not work on this connection to PostgreSQL, as behind a pooler in transaction mode: instances look for work by themselves, which takes longer',
    );
    return polling();
  }
  wake.attach(relay);
  return { wake, close: () => wake.close(), keepsServer: true };
}

function polling(): OpenedWake {
  const wake = new RelayedWakeBus();
  return { wake, close: () => wake.close(), keepsServer: false };
}

async function canListen(source: NotifySource): Promise<boolean> {
  const relay = await startNotify(source, new RelayedWakeBus());
  await relay?.close();
  return relay !== undefined;
}
