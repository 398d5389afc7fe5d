import tseslint from 'typescript-eslint';

// The core is pure: text and data in, data out. This is where that promise is kept.
const pure = {
  files: ['src/core/**/*.ts'],
  rules: {
    'no-restricted-globals': [
      'error',
      'process',
      'console',
      'fetch',
      'setTimeout',
      'setInterval',
      'Buffer',
      'performance',
      'globalThis',
      'crypto',
      'setImmediate',
      'queueMicrotask',
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'time comes in as an argument' },
      { object: 'Math', property: 'random', message: 'randomness comes in as an argument' },
    ],
    'no-restricted-syntax': [
      'error',
      {
        selector: "NewExpression[callee.name='Date'][arguments.length=0]",
        message: 'time comes in as an argument',
      },
      {
        selector: "CallExpression[callee.name='Date']",
        message: 'time comes in as an argument',
      },
      {
        selector: 'CallExpression[callee.property.name=/^(localeCompare|toLocale.*)$/]',
        message: 'the answer would depend on the machine: compare code units',
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test/action/fixtures/', '.cache/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-literal-enum-member': 'off',
      'max-lines': ['error', { max: 340, skipComments: true, skipBlankLines: true }],
    },
  },
  pure,
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'max-lines': 'off',
    },
  },
  { files: ['**/*.js', '**/*.cjs', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
