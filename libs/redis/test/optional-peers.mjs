// Run by scripts/test-packages.mjs with and without the peers.
export default [
  {
    name: 'a Redis by its URL',
    needs: ['ioredis'],
    use: async (load) => {
      const { redis } = await load('@nest-a2a/redis');
      const warnings = [];
      const url = 'redis://127.0.0.1:9';
      const opened = await redis({ url }).open({
        namespace: 'packages',
        onWarning: (text) => warnings.push(text),
      });
      await opened.close();
      // Nobody is there, which opening survives.
      if (warnings.length === 0) throw new Error('did not try to connect');
    },
  },
];
