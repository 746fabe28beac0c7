import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['{src,test}/**/*.{spec,e2e-spec}.ts'] },
});
