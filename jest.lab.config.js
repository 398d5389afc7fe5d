import base from './jest.config.js';

/** What needs the lab: `npm run lab -- up` first; `npm run test:lab` does that itself. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/lab/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 2,
  testTimeout: 400_000,
};
