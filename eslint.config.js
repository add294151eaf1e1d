import tseslint from 'typescript-eslint';

/** Layer borders and tensor rules; what TypeScript's own checker doesn't see. */
const noSynchronousReads = {
  selector: 'CallExpression[callee.property.name=/^(dataSync|arraySync)$/]',
  message: 'Reading a tensor is `await tensor.data()`: WebGPU in Node has no synchronous read.',
};
const noVariableGrads = {
  selector: "MemberExpression[property.name='variableGrads']",
  message: 'The gradient belongs to the policy: hand it an objective (policy.accumulate).',
};
const onlyNamedErrors = {
  selector: "ThrowStatement > NewExpression[callee.name='Error']",
  message: 'Throw a DapoError made by a named function in src/errors.',
};
const noSkippedTests = {
  selector: 'MemberExpression[object.name=/^(test|it|describe)$/][property.name=/^(skip|only|todo)$/]',
  message: 'A test runs, or is taken out; what a golden file holds and we leave out is excused by name.',
};
const nodeImports = {
  group: ['node:*'],
  message: 'Only src/node may touch the machine; the training path runs in a browser, too.',
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'packages/plugins/wasm/**',
      'packages/plugins/assembly/**',
      'runs/**',
      'templates/*/runs/**',
    ],
  },
  {
    files: ['packages/*/src/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // What crosses the plugin boundary is checked although its type says it can't be wrong.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // TensorFlow.js gives Tensor<Rank> where the rank is known; which form of saying so is shorter is no matter of lint.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/unbound-method': ['error', { ignoreStatic: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 300 }],
      'no-restricted-syntax': ['error', noSynchronousReads, noVariableGrads],
    },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: ['packages/core/src/node/**', '**/*.test.ts', 'packages/core/src/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [nodeImports, { group: ['@dapo/*'], message: 'Core knows no plugin.' }] },
      ],
      'no-restricted-syntax': ['error', noSynchronousReads, noVariableGrads, onlyNamedErrors],
    },
  },
  {
    files: ['packages/plugins/src/policies/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noSynchronousReads] },
  },
  {
    files: ['packages/*/src/**/*.test.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false, project: false } },
    rules: {
      'no-restricted-syntax': 'off',
      'no-restricted-imports': 'off',
      'max-lines': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
    },
  },
  {
    files: ['test/**/*.ts', 'templates/*/*.ts', 'templates/*/plugins/*.ts'],
    extends: [...tseslint.configs.strict],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 300 }],
      'no-restricted-syntax': ['error', noSkippedTests],
    },
  },
);
