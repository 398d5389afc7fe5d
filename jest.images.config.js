import base from './jest.config.js';

/** What needs Docker: `npm run test:images` starts one of its own for them. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/images/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 700_000,
};
