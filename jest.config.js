/** Core and edges run in one go; `test/lab` needs a cluster and is started by `npm run test:lab`. */
export default {
  testTimeout: 30_000, // bundles and Helm are started in many tests, and machines of CI are slow
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/transform.js' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/lab/'],
  reporters: ['default', '<rootDir>/test/support/reporter.js'],
  modulePathIgnorePatterns: ['<rootDir>/.cache/', '<rootDir>/dist/'],
};
