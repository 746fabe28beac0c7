// Run by scripts/test-packages.mjs with and without the peers.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

export default [
  {
    name: 'gRPC on the command line',
    needs: ['@bufbuild/protobuf', '@grpc/grpc-js'],
    use: async () => {
      const file = require.resolve('@nest-a2a/cli/package.json');
      const program = join(dirname(file), require(file).bin['nest-a2a']);
      const { stderr, status } = spawnSync(
        process.execPath,
        [program, 'send', 'http://127.0.0.1:9', 'hi', '--binding', 'GRPC'],
        { encoding: 'utf8' },
      );
      // Nobody is there, which is found out where the packages are.
      if (status !== 3) throw new Error(stderr);
    },
  },
];
