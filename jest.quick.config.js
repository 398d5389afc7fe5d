import base from './jest.config.js';

/** The tests that call our code in their own process: no bundle, no lab, no root. Mutants meet these. */
export default {
  ...base,
  testPathIgnorePatterns: [
    ...base.testPathIgnorePatterns,
    '<rootDir>/test/action/',
    '<rootDir>/test/scripts/',
  ],
};
