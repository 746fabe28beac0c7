// Everything, in order.
await import('./build-libs.mjs');
await import('./build-apps.mjs');
