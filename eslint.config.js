import tseslint from 'typescript-eslint';

/** Arguments go on the stack, which holds some 100,000 of them: how long a list is, its writer decides. */
const spreads = [
  {
    selector:
      'CallExpression[callee.property.name=/^(?:push|unshift|splice|concat|max|min|hypot|of|fromCharCode|fromCodePoint)$/] > SpreadElement',
    message: 'a long list ends in a RangeError: take append, greatest or least of core/lists.ts',
  },
  {
    selector:
      'CallExpression[callee.property.name="apply"][callee.object.type="MemberExpression"]' +
      '[callee.object.property.name=/^(?:push|unshift|splice|concat|max|min|fromCharCode|fromCodePoint)$/]',
    message: 'a long list ends in a RangeError: take append, greatest or least of core/lists.ts',
  },
];

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
      ...spreads,
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

/** What one screen and one head hold. A long string or pattern stays whole, so that it can be searched for. */
const readable = {
  files: ['src/**/*.ts'],
  rules: {
    'no-restricted-syntax': ['error', ...spreads],
    'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
    complexity: ['error', 16],
    'max-params': ['error', 4],
    'max-len': [
      'error',
      {
        code: 120,
        ignoreStrings: true,
        ignoreTemplateLiterals: true,
        ignoreRegExpLiterals: true,
        ignoreUrls: true,
      },
    ],
  },
};

/** The environment, the clock and chance come in at the border: below it they are arguments. */
const inward = {
  files: ['src/**/*.ts'],
  ignores: [
    'src/core/**',
    'src/edges/**',
    'src/main.ts',
    'src/arguments.ts',
    'src/dispatch.ts',
    'src/cli.ts',
    'src/index.ts',
  ],
  rules: {
    'no-restricted-properties': [
      'error',
      { object: 'process', property: 'env', message: 'only edges and entry read the environment' },
      { object: 'Date', property: 'now', message: 'time comes in through the port Clock' },
      { object: 'performance', property: 'now', message: 'time comes in through the port Clock' },
      { object: 'Math', property: 'random', message: 'chance comes in through the port Random' },
    ],
    'no-restricted-globals': [
      'error',
      'console',
      'fetch',
      'setTimeout',
      'setInterval',
      'setImmediate',
      'globalThis',
      'crypto',
    ],
    'no-restricted-imports': [
      'error',
      {
        paths: [
          {
            name: 'node:crypto',
            importNames: ['randomBytes', 'randomUUID', 'randomInt', 'webcrypto'],
            message: 'chance comes in by the port Random',
          },
        ],
      },
    ],
    'no-restricted-syntax': [
      'error',
      ...spreads,
      {
        selector: "NewExpression[callee.name='Date'][arguments.length=0]",
        message: 'time comes in through the port Clock',
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
      'max-lines': ['error', { max: 300 }],
      'no-nested-ternary': 'error',
    },
  },
  readable,
  pure,
  inward,
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
