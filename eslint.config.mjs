// @ts-check
import { readdirSync } from 'node:fs';
import eslint from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import prettierRecommended from 'eslint-plugin-prettier/recommended';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * Which libraries a library may import. Specs may import `testing` as well.
 * @type {Record<string, string[]>}
 */
export const allowedImports = {
  protocol: [],
  egress: [],
  store: ['protocol'],
  sqlite: ['store', 'protocol'],
  postgres: ['store', 'protocol'],
  redis: ['store'],
  server: ['store', 'egress', 'protocol'],
  client: ['egress', 'protocol'],
  inspector: ['server'],
  cli: ['client'],
  create: [],
};
allowedImports.testing = Object.keys(allowedImports);

/** Libraries that work without these packages. */
const withoutPackages = {
  protocol: ['@nestjs/*', 'rxjs'],
  egress: ['@nestjs/*'],
  store: ['@nestjs/*', 'rxjs'],
  // Only its Nest entry point, `src/nest/`, knows Nest.
  client: ['@nestjs/*'],
  // Only its entry point for agents under test, `src/agent/`, knows Nest.
  testing: ['@nestjs/*', '@nest-a2a/client', '@nest-a2a/server'],
};

const root = import.meta.dirname;
const specs = [
  '**/*.spec.ts',
  '**/*.e2e-spec.ts',
  'libs/*/test/**/*.ts',
  'test/**/*.ts',
];

/** @param {string[]} always what each library may import besides the table */
const importDirections = (...always) => ({
  basePath: root,
  zones: [
    ...readdirSync(`${root}/libs`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({
        target: `./libs/${name}`,
        from: './libs',
        except: [
          ...new Set([name, ...(allowedImports[name] ?? []), ...always]),
        ],
        message: `libs/${name} may import: ${allowedImports[name]?.join(', ') || 'no other library'}.`,
      })),
    { target: './libs', from: ['./apps', './test'] },
  ],
});

export default defineConfig(
  globalIgnores([
    '**/dist/',
    'coverage/',
    'libs/*/src/**/generated/',
    // Files of a project of its own, which `npm run test:create` compiles.
    'libs/create/template/',
  ]),
  eslint.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  prettierRecommended,
  {
    languageOptions: {
      globals: { ...globals.node, ...globals.jest },
      parserOptions: { projectService: true, tsconfigRootDir: root },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports' },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/require-await': 'off',
      'max-lines': [
        'error',
        { max: 300, skipBlankLines: true, skipComments: true },
      ],
      'max-lines-per-function': [
        'error',
        { max: 60, skipBlankLines: true, skipComments: true },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [
        createNodeResolver({
          extensions: ['.ts', '.js', '.json'],
          extensionAlias: { '.js': ['.ts', '.js'] },
          conditionNames: ['types', 'import', 'default'],
          tsconfig: { configFile: `${root}/tsconfig.json` },
        }),
      ],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-relative-packages': 'error',
      'import-x/no-restricted-paths': ['error', importDirections()],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['libs/protocol/src/agent-card/signing/new-key-pair.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportSpecifier[imported.name=/^generateKeyPair/]',
          message:
            'Keys made by it can stop Node.js 20 for ever: newKeyPair() of @nest-a2a/protocol.',
        },
      ],
    },
  },
  {
    files: ['libs/*/src/**/*.ts'],
    ignores: specs,
    rules: {
      'import-x/no-extraneous-dependencies': [
        'error',
        { devDependencies: false, includeInternal: true, includeTypes: true },
      ],
    },
  },
  Object.entries(withoutPackages).map(([lib, group]) => ({
    files: [`libs/${lib}/src/**/*.ts`],
    ignores: [
      `libs/${lib}/src/nest/**`,
      `libs/${lib}/src/agent/**`,
      'libs/testing/src/**/*.spec.ts',
    ],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group }] }],
    },
  })),
  {
    files: specs,
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'import-x/no-cycle': 'off',
      'import-x/no-restricted-paths': ['error', importDirections('testing')],
      'max-lines': [
        'error',
        { max: 400, skipBlankLines: true, skipComments: true },
      ],
      'max-lines-per-function': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
