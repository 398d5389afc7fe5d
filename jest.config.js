/** Core and edges run in one go; `test/lab` and `test/images` need a cluster and Docker, and have runners of their own. */
export default {
  maxWorkers: '100%', // jest itself takes one core less, which is half of a small machine
  testTimeout: 30_000, // bundles and Helm are started in many tests, and machines of CI are slow
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/transform.js' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/lab/', '<rootDir>/test/images/'],
  reporters: ['default', '<rootDir>/test/support/reporter.js'],
  modulePathIgnorePatterns: ['<rootDir>/.cache/', '<rootDir>/dist/'],
};
